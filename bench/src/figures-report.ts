import { loadavg } from 'node:os';
import { tableText } from '@strata/cli';
import type { Language } from '@strata/contracts';
import { type Machine, thisMachine } from './machine.ts';
import type { Answer } from './questions.ts';
import { type Spread, spreadOf } from './spread.ts';

/** One measured figure over all rounds. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly spread: Spread;
}

/** The report of a benchmark whose figures are of several kinds: a line for each. */
export interface FiguresReport {
  readonly benchmark: string;
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly rounds: number;
  /** What was measured: how many of what, as a sentence. */
  readonly setting: string;
  readonly figures: readonly Figure[];
  readonly answers: readonly Answer[];
}

/** Gathers figures by their name and unit, round by round. */
export class Figures {
  readonly #machine = thisMachine();
  readonly #values = new Map<string, { what: string; unit: string; values: number[] }>();

  /** A figure that is not known in one round is left out of the spread. */
  add(what: string, unit: string, value: number | null): void {
    const key = `${what}|${unit}`;
    const found = this.#values.get(key) ?? { what, unit, values: [] };
    if (value !== null && Number.isFinite(value)) found.values.push(value);
    this.#values.set(key, found);
  }

  /** Null where no round knew it. */
  spread(what: string, unit: string): Spread | null {
    const values = this.#values.get(`${what}|${unit}`)?.values ?? [];
    return values.length === 0 ? null : spreadOf(values);
  }

  report(
    about: Pick<FiguresReport, 'benchmark' | 'rounds' | 'setting'>,
    answers: readonly (Omit<Answer, 'measured'> & { readonly measured: Spread | null })[] = [],
  ): FiguresReport {
    const known = [...this.#values.values()].filter(({ values }) => values.length > 0);
    return {
      ...about,
      machine: this.#machine,
      loadAfter: Number((loadavg()[0] ?? 0).toFixed(1)),
      figures: known.map(({ what, unit, values }) => ({ what, unit, spread: spreadOf(values) })),
      answers: answers.flatMap(({ measured, ...answer }) =>
        measured === null ? [] : [{ ...answer, measured }],
      ),
    };
  }
}

const COLUMNS = {
  en: ['', 'median', '(spread)', 'unit'],
  zh: ['', '中位数', '（范围）', '单位'],
} as const;

export function figuresText(report: FiguresReport, language: Language): string {
  const { machine, loadAfter, rounds, setting, figures } = report;
  const rows = figures.map(({ what, unit, spread: { median, min, max } }) => {
    const range = rounds > 1 ? `(${numberText(min)}-${numberText(max)})` : '';
    return [what, numberText(median), range, unit];
  });
  const { startedAt, cores, cpu, memoryGiB, node, loadBefore } = machine;
  const place =
    language === 'zh'
      ? `${startedAt}：${cores} 核（${cpu}），${memoryGiB} GiB，Node ${node}；负载：之前 ${loadBefore}，之后 ${loadAfter}；${rounds} 轮。`
      : `${startedAt}: ${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node}; load ${loadBefore} before, ${loadAfter} after; rounds: ${rounds}.`;
  return `${tableText([COLUMNS[language], ...rows])}\n\n${setting}\n${place}\n`;
}

/** Three digits are as many as mean anything. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
