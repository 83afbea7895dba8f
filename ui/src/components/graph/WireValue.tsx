// What went along a wire, in the middle of it, as far as there is room between its ends.
import { memo } from "react";
import { enlarged } from "@/components/graph/enlarged";
import { useFlowStore } from "@/components/graph/flow";
import classes from "@/components/graph/WireValue.module.css";

const LETTER = 6.4;
const FEWEST = 4;

interface Props {
  ends: readonly [number, number, number, number];
  value: string;
  isStale?: boolean;
  onClick?: (() => void) | undefined;
}

export const WireValue = memo(function WireValue({ ends: [x1, y1, x2, y2], value, isStale = false, onClick }: Props) {
  const scale = useFlowStore((state) => enlarged(state.transform[2]));
  const most = Math.max(FEWEST, Math.floor((Math.abs(x2 - x1) - 28 * scale) / (LETTER * scale)));
  const words = value.length > most ? `${value.slice(0, most - 1)}…` : value;
  const width = words.length * LETTER + 14;
  return (
    <g
      className={classes.value}
      data-stale={isStale || undefined}
      data-still={onClick === undefined || undefined}
      transform={`translate(${(x1 + x2) / 2} ${(y1 + y2) / 2}) scale(${scale})`}
      onClick={onClick}
    >
      {words !== value && <title>{value}</title>}
      <rect x={-width / 2} y={-10} width={width} height={20} rx={10} />
      <text textAnchor="middle" y={4}>
        {words}
      </text>
    </g>
  );
});
