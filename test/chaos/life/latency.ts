import type { Answered, SweepSpan } from './log-times.ts';

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Round by round how long newcomers waited for their tier, without and with a sweep of everybody; and the ratios. */
export function figuresOf({
  answered,
  quiet,
  swept,
}: {
  readonly answered: readonly Answered[];
  readonly quiet: readonly Span[];
  readonly swept: readonly SweepSpan[];
}): readonly string[] {
  const turns = [...new Set(swept.map(({ through }) => through))].toSorted((a, b) => a - b);
  const ratios: number[] = [];
  const lines = turns.flatMap((turn, index) => {
    const own = swept.filter(({ through }) => through === turn);
    const during = {
      fromMs: Math.min(...own.map(({ fromMs }) => fromMs)),
      toMs: Math.max(...own.map(({ toMs }) => toMs)),
    };
    const customers = own.reduce((sum, it) => sum + it.customers, 0);
    const without = waitsOf(answered, quiet[index] ?? { fromMs: 0, toMs: 0 });
    const beside = waitsOf(answered, during);
    ratios.push(quantile(beside, 0.99) / quantile(without, 0.99));
    const seconds = ((during.toMs - during.fromMs) / 1_000).toFixed(1);
    const of = `of ${customers} customers in ${seconds} s`;
    return [
      `round ${index + 1} without a sweep: ${told(without)}`,
      `round ${index + 1} with a sweep ${of}: ${told(beside)}`,
    ];
  });
  const spread = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  return [...lines, `p99 with a sweep over p99 without, round by round: ${spread}`];
}

function waitsOf(answered: readonly Answered[], { fromMs, toMs }: Span): readonly number[] {
  return answered
    .filter(({ atMs }) => fromMs <= atMs && atMs <= toMs)
    .map(({ tookMs }) => tookMs)
    .toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function told(sorted: readonly number[]): string {
  const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
  return `${sorted.length} newcomers, p50 ${p50} ms, p99 ${p99} ms, most ${sorted.at(-1) ?? '-'} ms`;
}
