// What the layouts of the run view are given.
import type { Run } from "@/api/run";
import type { Sheet } from "@/components/graph/sheet";
import type { Workflow } from "@/model/workflow";
import type { useRecord } from "@/record/useRecord";

export interface Shown {
  record: ReturnType<typeof useRecord>;
  run: Run;
  /** Undefined until it is read, and where it cannot be. */
  workflow: Workflow | undefined;
  sheet: Sheet | undefined;
  titleOf: (nodePath: string) => string;
  trouble: unknown;
}
