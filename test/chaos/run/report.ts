import type { Verdict } from '../audit/audit.ts';
import type { Cast } from './cast.ts';
import type { Check } from './checks.ts';
import type { Nemesis } from './nemesis.ts';
import type { ChaosTexts } from './texts.ts';

export interface Report {
  readonly seed: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly isPassed: boolean;
  /** By fault, how often it was done. */
  readonly faults: Readonly<Record<string, number>>;
  readonly eachAtLeast: number;
  readonly guards: Cast['guards'];
  /** Services that ended without having been killed; they were started again. */
  readonly resignations: readonly string[];
  readonly figures: Omit<Verdict, 'faults'> & {
    readonly deliveries: number;
    readonly posts: number;
  };
  readonly checks: readonly Check[];
}

/** Each fault so often at least: once in five minutes, and never less than once. */
export function eachAtLeast(minutes: number): number {
  return Math.max(1, Math.floor(minutes / 5));
}

export function reportOf(parts: {
  seed: number;
  minutes: number;
  seconds: number;
  nemesis: Nemesis;
  cast: Cast;
  verdict: Verdict;
  posts: ReadonlyMap<string, number>;
  checks: readonly Check[];
}): Report {
  const { seed, minutes, seconds, nemesis, cast, verdict, posts, checks } = parts;
  const least = eachAtLeast(minutes);
  const { faults: _, ...figures } = verdict;
  const isEnough = [...nemesis.done.values()].every((times) => times >= least);
  return {
    seed,
    minutes,
    seconds,
    isPassed: isEnough && checks.every(({ faults }) => faults === null || faults.length === 0),
    faults: Object.fromEntries(nemesis.done),
    eachAtLeast: least,
    guards: cast.guards,
    resignations: cast.resignations,
    figures: {
      ...figures,
      deliveries: posts.size,
      posts: [...posts.values()].reduce((sum, times) => sum + times, 0),
    },
    checks,
  };
}

export function reportText(report: Report, texts: ChaosTexts): string {
  const { eachAtLeast: least, figures, guards, seconds, seed } = report;
  const faults = Object.entries(report.faults);
  const pairs = (record: object): string =>
    Object.entries(record)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  return [
    table([texts.faults, ...faults.map(([name, times]) => [name, `${times}`, `${least}`])]),
    '',
    pairs(figures),
    pairs(guards),
    ...report.resignations,
    '',
    table([
      texts.checks,
      ...report.checks.map(({ name, faults: wrong }) => [name, resultOf(wrong, texts)]),
    ]),
    ...faults.flatMap(([name, times]) => (times < least ? [texts.tooFew(name, times, least)] : [])),
    report.isPassed ? texts.passed(seconds) : texts.failed(seconds, seed),
    '',
  ].join('\n');
}

function resultOf(faults: readonly string[] | null, texts: ChaosTexts): string {
  if (faults === null) return texts.skipped;
  return faults.length === 0 ? texts.fine : faults.join('; ');
}

function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = '']) => first.length));
  return rows.map(([first = '', ...rest]) => [first.padEnd(width), ...rest].join('  ')).join('\n');
}
