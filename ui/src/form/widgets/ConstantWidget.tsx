/** There is nothing to choose: what it belongs to has it set. */
export function ConstantWidget() {
  return null;
}
