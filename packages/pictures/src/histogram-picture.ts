import { max, ticks } from 'd3-array';
import type { Bin } from './binned.ts';
import { html, type Markup, shownName } from './markup.ts';
import { shortText, textColumns } from './short-text.ts';

/** A line through the picture at one value. */
export interface HistogramMark {
  readonly at: number;
  readonly isDashed: boolean;
  /** Null for a line that goes without saying. */
  readonly label: string | null;
}

export interface Histogram {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** From left to right, without a gap; at least one. */
  readonly bins: readonly Bin[];
  /** The count that the full height stands for, so that two pictures can be held against each other. */
  readonly countMax: number;
  readonly marks: readonly HistogramMark[];
  readonly fill: string;
  readonly numberText: (value: number) => string;
  /** What a pointer on a bar is told. */
  readonly binText: (bin: Bin) => string;
}

const WIDTH = 480;
const LEFT = 52;
const RIGHT = 10;
const PLOT_HEIGHT = 170;
const BOTTOM = 24;
const LABEL_HEIGHT = 16;
/** Room for so many, so that pictures side by side mostly stand on one line. */
const LABEL_ROWS_MIN = 2;
/** About the width of a character at the larger size that narrow screens get. */
const COLUMN_WIDTH = 7.6;
const LABEL_COLUMNS = 18;

/**
 * How many have which value, with lines at the values that matter. Heights grow with the square root of the count: where most
 * have one value, the few others are seen still.
 */
export function histogramPicture(picture: Histogram): Markup {
  const { id, title, description, bins, fill, numberText, binText } = picture;
  const x = scaleOf(bins);
  const labels = placedLabels(picture.marks, x);
  const top = 8 + Math.max(LABEL_ROWS_MIN, ...labels.map(({ row }) => row + 1)) * LABEL_HEIGHT;
  const base = top + PLOT_HEIGHT;
  const countMax = Math.max(1, picture.countMax);
  const heightOf = (count: number): number => Math.sqrt(count / countMax) * PLOT_HEIGHT;
  const countTicks = rootTicks(countMax);
  const valueTicks = ticks(bins[0]?.from ?? 0, bins.at(-1)?.to ?? 0, 6);
  return html`<svg class="picture histogram" role="img" aria-labelledby="${id}-title ${id}-desc"
      viewBox="0 0 ${WIDTH} ${base + BOTTOM}" focusable="false">
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    ${countTicks.map(
      (
        count,
      ) => html`<path class="grid" d="M${LEFT} ${fixed(base - heightOf(count))}H${WIDTH - RIGHT}"/>
      <text class="end axis" x="${LEFT - 6}" y="${fixed(base - heightOf(count))}" dominant-baseline="central">${numberText(count)}</text>`,
    )}
    ${bins.map((it) => drawnBar(it, { x, base, height: heightOf(it.count), fill, text: binText(it) }))}
    <path class="ground" d="M${LEFT} ${base}H${WIDTH - RIGHT}"/>
    ${valueTicks.map(
      (value) =>
        html`<text class="middle axis" x="${fixed(x(value))}" y="${base + 16}">${numberText(value)}</text>`,
    )}
    ${picture.marks.map(
      ({ at, isDashed }) =>
        html`<path class="mark ${isDashed ? 'dashed' : 'solid'}" d="M${fixed(x(at))} ${top - 4}V${base}"/>`,
    )}
    ${labels.map(
      ({ text, left, row }) =>
        html`<text class="start mark-label" x="${fixed(left)}" y="${top - 8 - row * LABEL_HEIGHT}">${text}</text>`,
    )}
  </svg>`;
}

function scaleOf(bins: readonly Bin[]): (value: number) => number {
  const from = bins[0]?.from ?? 0;
  const to = max(bins, (it) => it.to) ?? 1;
  return (value) => LEFT + ((value - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
}

interface BarPlace {
  readonly x: (value: number) => number;
  readonly base: number;
  readonly height: number;
  readonly fill: string;
  readonly text: string;
}

function drawnBar({ from, to, count }: Bin, place: BarPlace): Markup | null {
  if (count === 0) return null;
  const { x, base, height, fill, text } = place;
  const seen = Math.max(1.5, height);
  const width = Math.max(1, x(to) - x(from) - 1);
  return html`<rect class="${fill}" x="${fixed(x(from) + 0.5)}" y="${fixed(base - seen)}"
      width="${fixed(width)}" height="${fixed(seen)}"><title>${text}</title></rect>`;
}

interface PlacedLabel {
  readonly text: string;
  readonly left: number;
  /** 0 is nearest to the picture. */
  readonly row: number;
}

/** Each label stands at its line, in the lowest row where it runs into no other. */
function placedLabels(
  marks: readonly HistogramMark[],
  x: (value: number) => number,
): readonly PlacedLabel[] {
  const ends: number[] = [];
  return marks
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at, label }): readonly PlacedLabel[] => {
      if (label === null) return [];
      const text = shortText(shownName(label), LABEL_COLUMNS);
      const width = textColumns(text) * COLUMN_WIDTH;
      const left = Math.min(x(at), WIDTH - width);
      const free = ends.findIndex((end) => end <= left);
      const row = free === -1 ? ends.length : free;
      ends[row] = left + width + 8;
      return [{ text, left, row }];
    });
}

/** Whole counts that stand well apart on a scale of roots. */
function rootTicks(countMax: number): readonly number[] {
  const [, step = 1] = ticks(0, countMax, 3).filter(Number.isInteger);
  const round = [0.05, 0.25].map((share) => step * share).filter(Number.isInteger);
  return [0, ...round, ...ticks(step, countMax, 3).filter(Number.isInteger)];
}

function fixed(value: number): string {
  return value.toFixed(1);
}
