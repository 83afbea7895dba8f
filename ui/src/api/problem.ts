// What the API refuses, as an exception that every surface can show.
import type { components } from "@/api/schema";

export type Issue = components["schemas"]["ProblemIssue"];
type Told = Partial<components["schemas"]["Problem"]>;

/** `code` is stable and meant for programs; `message` and `remedy` are for people. `status` is 0 without an answer. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly remedy: string | null = null,
    readonly issues: readonly Issue[] = [],
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Whether the same request may well be answered in a moment. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

function isTold(said: unknown): said is Told & { code: string } {
  return typeof said === "object" && said !== null && "code" in said && typeof said.code === "string";
}

/** Of an answer whose body nobody has read yet. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get("x-request-id");
  const said: unknown = await response.json().catch(() => null);
  if (!isTold(said)) {
    return new ApiProblem(
      `http_${response.status}`,
      `The server answered with status ${response.status}.`,
      response.status,
      "Try again; if it stays so, the server's log has more.",
      [],
      {},
      requestId,
    );
  }
  const { code, title, remedy, issues, details } = said;
  return new ApiProblem(code, title ?? code, response.status, remedy ?? null, issues ?? [], details ?? {}, requestId);
}

export function unreachable(cause: unknown): ApiProblem {
  const details = cause instanceof Error ? { cause: cause.message } : {};
  const remedy = "Is it running, and are you connected? What you have written is kept here.";
  return new ApiProblem("unreachable", "The server cannot be reached.", 0, remedy, [], details);
}

/** Whatever was thrown, as a problem. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiProblem("defect", message, 0, "This is a defect of the editor. Load the page again.");
}
