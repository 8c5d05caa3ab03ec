import type { CommandContext } from './command.ts';
import type { Language } from './language.ts';
import { catalogue } from './messages/texts.ts';

const REDRAW_MS_TTY = 200;
const REDRAW_MS_PLAIN = 5_000;
/** Looking at the clock for each of millions of records would cost more than the record. */
const LOOK_EVERY = 256;

const texts = catalogue({
  en: {
    rate: (count: string, unit: string, rate: string) => `${count} ${unit}, ${rate}/s`,
    left: (time: string) => `, ${time} left`,
    done: (count: string, unit: string, time: string) => `${count} ${unit} in ${time}`,
  },
  zh: {
    rate: (count: string, unit: string, rate: string) => `${count} ${unit}，每秒 ${rate}`,
    left: (time: string) => `，约剩 ${time}`,
    done: (count: string, unit: string, time: string) => `${count} ${unit}，用时 ${time}`,
  },
});

export interface ProgressOptions {
  readonly context: Pick<CommandContext, 'stderr' | 'language' | 'monotonicMs'>;
  /** What is being done, as "Reading". */
  readonly label: string;
  /** What is counted, as "records". */
  readonly unit: string;
  /** How much of the work is done, from 0 to 1; null while nobody knows. */
  readonly share: () => number | null;
}

/** Rate and time left on stderr: one line redrawn on a terminal, a plain line every few seconds elsewhere. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #startedMs: number;
  #drawnMs: number;
  #count = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#startedMs = options.context.monotonicMs();
    this.#drawnMs = this.#startedMs;
    this.#write(`${options.label} ...`, false);
  }

  advance(count = 1): void {
    const before = this.#count;
    this.#count += count;
    const isTurn = Math.floor(before / LOOK_EVERY) !== Math.floor(this.#count / LOOK_EVERY);
    if (isTurn) this.#drawIfDue();
  }

  end(): void {
    const { context, label, unit } = this.#options;
    const elapsedMs = context.monotonicMs() - this.#startedMs;
    const words = texts(context.language);
    const count = groupDigits(this.#count);
    this.#write(
      `${label}: ${words.done(count, unit, timeText(elapsedMs, context.language))}`,
      true,
    );
  }

  #drawIfDue(): void {
    const { context, label, unit, share } = this.#options;
    const now = context.monotonicMs();
    const dueMs = context.stderr.isTty ? REDRAW_MS_TTY : REDRAW_MS_PLAIN;
    if (now - this.#drawnMs < dueMs) return;
    this.#drawnMs = now;
    const elapsedMs = now - this.#startedMs;
    const words = texts(context.language);
    const rate = groupDigits(Math.round((this.#count * 1_000) / Math.max(elapsedMs, 1)));
    const done = share();
    const left =
      done === null || done <= 0
        ? ''
        : words.left(timeText((elapsedMs * (1 - Math.min(done, 1))) / done, context.language));
    this.#write(`${label}: ${words.rate(groupDigits(this.#count), unit, rate)}${left}`, false);
  }

  #write(line: string, isLast: boolean): void {
    const { stderr } = this.#options.context;
    if (!stderr.isTty) stderr.write(`${line}\n`);
    else stderr.write(`\r\u001b[K${line}${isLast ? '\n' : ''}`);
  }
}

/** 69659 as "69,659": the same in both languages. */
export function groupDigits(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function timeText(ms: number, language: Language): string {
  const seconds = ms / 1_000;
  if (seconds < 90) {
    const rounded = seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
    return language === 'zh' ? `${rounded} 秒` : `${rounded} s`;
  }
  const minutes = Math.round(seconds / 60);
  return language === 'zh' ? `${minutes} 分钟` : `${minutes} min`;
}
