// Notices in the corner: something was done, or could not be.
import { notifications } from "@mantine/notifications";
import { toProblem } from "@/api/problem";

export function tell(message: string): void {
  notifications.show({ message, color: "dye", autoClose: 4000 });
}

/** For `.catch` and `onError` where there is no better place for it. */
export function tellProblem(error: unknown): void {
  const problem = toProblem(error);
  notifications.show({
    title: problem.message,
    message: problem.remedy ?? problem.code,
    color: "red",
    autoClose: 10_000,
    role: "alert",
  });
}
