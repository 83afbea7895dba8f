// The sign of a node's type.
import { createElement } from "react";
import { iconOf } from "@/components/graph/icons";

export function NodeIcon({ type, size = 16 }: { type: string; size?: number }) {
  return createElement(iconOf(type), { size, "aria-hidden": true });
}
