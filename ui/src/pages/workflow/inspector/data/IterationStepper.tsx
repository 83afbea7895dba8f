// In the body of a loop: which of its iterations the values are of.
import { Stepper } from "@/components/Stepper";
import type { AroundNode } from "@/pages/workflow/inspector/useLastValues";

export function IterationStepper({ around }: { around: AroundNode }) {
  return <Stepper what="Iteration" at={around.iteration} count={around.iterations} onChange={around.setIteration} />;
}
