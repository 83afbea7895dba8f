// Candles as the library draws them: series, panes and marks made once, and filled again with what was read.
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type SeriesMarker,
  type SeriesType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Candles, Pane } from "@/api/backtestTypes";
import { isSparse, type Mark, panesOf, sharesScale, type Stretch } from "@/components/chart/candles/marks";
import { amount } from "@/format/money";

export const PRICE_HEIGHT = 340;
const PANE_HEIGHT = 92;
const AXIS_HEIGHT = 30;
/** Colours of lines, as `tokens.css` has them. */
export const INKS = ["--td-accent", "--td-thread", "--td-good", "--td-doubt", "--td-wait", "--td-run"] as const;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const month = new Intl.DateTimeFormat(undefined, { month: "short" });
const year = new Intl.DateTimeFormat(undefined, { year: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
/** By the library's kind of tick: year, month, day, time, time with seconds. */
const TICKS = [year, month, day, clock, clock];

export interface LineOf {
  readonly pane: Pane;
  readonly ink: (typeof INKS)[number];
}

/** Every line with its colour: those of a pane begin anew. */
export function linesOf(candles: Pick<Candles, "panes">): { over: readonly LineOf[]; below: readonly (readonly LineOf[])[] } {
  const { over, below } = panesOf(candles);
  const inked = (panes: readonly Pane[]): LineOf[] => panes.map((pane, at) => ({ pane, ink: INKS[at % INKS.length] ?? INKS[0] }));
  return { over: inked(over), below: below.map(inked) };
}

export function heightOf(candles: Pick<Candles, "panes">, isLow: boolean): number {
  return (isLow ? PRICE_HEIGHT * 0.75 : PRICE_HEIGHT) + panesOf(candles).below.length * PANE_HEIGHT + AXIS_HEIGHT;
}

const second = (moment: number) => (moment / 1000) as UTCTimestamp;

export class CandleDrawing {
  readonly chart: IChartApi;
  private readonly price: ISeriesApi<"Candlestick">;
  private readonly volume: ISeriesApi<"Histogram">;
  private readonly marks: ReturnType<typeof createSeriesMarkers<Time>>;
  private readonly colour: (name: string) => string;
  private lines: ISeriesApi<SeriesType>[] = [];
  private shape = "";

  constructor(element: HTMLElement) {
    const style = getComputedStyle(element);
    this.colour = (name) => style.getPropertyValue(name).trim();
    const line = this.colour("--td-line");
    this.chart = createChart(element, {
      autoSize: true,
      layout: {
        background: { type: ColorType.Solid, color: "transparent" },
        textColor: this.colour("--td-faint"),
        fontFamily: style.fontFamily,
        fontSize: 11,
        // It is told in words below: the mark would bring a style of its own, which the page's policy refuses.
        attributionLogo: false,
        panes: { separatorColor: line, separatorHoverColor: this.colour("--td-hover"), enableResize: true },
      },
      grid: { vertLines: { color: line, style: LineStyle.Dotted }, horzLines: { color: line, style: LineStyle.Dotted } },
      crosshair: {
        mode: CrosshairMode.Normal,
        vertLine: { color: this.colour("--td-edge"), labelBackgroundColor: this.colour("--td-idle") },
        horzLine: { color: this.colour("--td-edge"), labelBackgroundColor: this.colour("--td-idle") },
      },
      rightPriceScale: { borderColor: line, minimumWidth: 64 },
      timeScale: {
        borderColor: line,
        timeVisible: true,
        secondsVisible: false,
        minBarSpacing: 0.02,
        tickMarkFormatter: (time: Time, kind: number) => (TICKS[kind] ?? clock).format(Number(time) * 1000),
      },
      localization: { timeFormatter: (time: Time) => whole.format(Number(time) * 1000), priceFormatter: amount },
      handleScroll: { vertTouchDrag: false },
    });
    const [up, down] = [this.colour("--td-good"), this.colour("--td-bad")];
    this.price = this.chart.addSeries(CandlestickSeries, {
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      borderVisible: false,
      priceLineVisible: false,
    });
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: "volume",
      color: this.colour("--td-warp"),
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
    this.price.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.18 } });
    this.marks = createSeriesMarkers(this.price, []);
  }

  /** What is in sight stays in sight. */
  fill(candles: Candles): void {
    const seen = this.seen();
    const times = candles.time.map(second);
    this.price.setData(
      times.map((time, at) => ({
        time,
        open: candles.open[at] ?? Number.NaN,
        high: candles.high[at] ?? Number.NaN,
        low: candles.low[at] ?? Number.NaN,
        close: candles.close[at] ?? Number.NaN,
      })),
    );
    this.volume.setData(times.map((time, at) => ({ time, value: candles.volume[at] ?? 0 })));
    const { over, below } = linesOf(candles);
    this.makeLines(over, below);
    [...over, ...below.flat()].forEach(({ pane }, place) => {
      const line = this.lines[place];
      if (pane.port !== "histogram") {
        const isPoints = isSparse(pane.values);
        line?.applyOptions({ lineVisible: !isPoints, pointMarkersVisible: isPoints, pointMarkersRadius: 2 });
      }
      line?.setData(
        times.map((time, at) => {
          const value = pane.values[at];
          return value === null || value === undefined || Number.isNaN(value) ? { time } : { time, value };
        }),
      );
    });
    if (seen === null) this.chart.timeScale().fitContent();
    else this.show(seen);
  }

  private makeLines(over: readonly LineOf[], below: readonly (readonly LineOf[])[]): void {
    const shape = JSON.stringify([over, ...below].map((lines) => lines.map(({ pane }) => `${pane.node}.${pane.port}`)));
    if (shape === this.shape) return;
    this.shape = shape;
    for (const one of this.lines) this.chart.removeSeries(one);
    this.lines = [over, ...below].flatMap((lines, place) => lines.map((line) => this.addLine(line, place, lines[0])));
    this.chart.panes().forEach((pane, place) => pane.setStretchFactor(place === 0 ? PRICE_HEIGHT : PANE_HEIGHT));
  }

  private addLine({ pane, ink }: LineOf, place: number, first: LineOf | undefined): ISeriesApi<SeriesType> {
    const isByItself = place > 0 && first !== undefined && !sharesScale(first.pane.values, pane.values);
    const scale = isByItself ? { priceScaleId: `${pane.node}.${pane.port}` } : {};
    const look = { color: this.colour(ink), priceLineVisible: false, lastValueVisible: place > 0 && !isByItself, ...scale };
    if (pane.port === "histogram") return this.chart.addSeries(HistogramSeries, look, place);
    return this.chart.addSeries(LineSeries, { ...look, lineWidth: 1, crosshairMarkerVisible: false }, place);
  }

  mark(marks: readonly Mark[]): void {
    const [won, lost, entered] = [this.colour("--td-good"), this.colour("--td-bad"), this.colour("--td-accent")];
    this.marks.setMarkers(
      marks.map(({ id, time, side, is, isWon }): SeriesMarker<Time> => ({
        id,
        time: second(time),
        position: side === "buy" ? "belowBar" : "aboveBar",
        shape: side === "buy" ? "arrowUp" : "arrowDown",
        color: is === "entry" ? entered : isWon ? won : lost,
      })),
    );
  }

  seen(): Stretch | null {
    const range = this.chart.timeScale().getVisibleRange();
    return range === null ? null : { from: Number(range.from) * 1000, to: Number(range.to) * 1000 };
  }

  show({ from, to }: Stretch): void {
    this.chart.timeScale().setVisibleRange({ from: second(from), to: second(to) });
  }

  /** Closer by a factor below 1, away by one above, around the middle of what is in sight. */
  zoom(factor: number): void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    const middle = (range.from + range.to) / 2;
    const half = Math.max(4, ((range.to - range.from) / 2) * factor);
    scale.setVisibleLogicalRange({ from: middle - half, to: middle + half });
  }

  /** Pixels from the left; null where it is not among the candles. */
  placeOf(time: number): number | null {
    return this.chart.timeScale().timeToCoordinate(second(time));
  }

  remove(): void {
    this.chart.remove();
  }
}
