import { type AskedService, type StackFigures, stackFigures } from '@strata/stack-figures';

/** Answers that are older say nothing of now. */
const KNOWN_MS = 15_000;

/** What the services last said of themselves, for as long as that is of now. */
export class StackWatch {
  readonly #ask: () => Promise<readonly AskedService[]>;
  #answers: { readonly atMs: number; readonly asked: readonly AskedService[] } | null = null;
  #running: Promise<readonly AskedService[]> | null = null;

  constructor(ask: () => Promise<readonly AskedService[]>) {
    this.#ask = ask;
  }

  /** Never two at once. */
  async refresh(nowMs: number): Promise<void> {
    this.#running ??= this.#ask().finally(() => {
      this.#running = null;
    });
    this.#answers = { atMs: nowMs, asked: await this.#running };
  }

  /** `own` is what this process says of itself. */
  figures(own: AskedService, nowMs: number): StackFigures {
    const answers = this.#answers;
    const isKnown = answers !== null && nowMs - answers.atMs <= KNOWN_MS;
    return stackFigures([...(isKnown ? answers.asked : []), own]);
  }
}
