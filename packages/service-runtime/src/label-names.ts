export const UNKNOWN_LABEL = 'unknown';
export const OTHER_LABEL = 'other';
/** A label multiplies the series of its metric; so many names are a dashboard, more are a flood. */
export const LABEL_NAMES_MAX = 32;

/**
 * Names that may stand in a label: those that were configured, or else the first so many that were
 * learned. What anybody may write never becomes a label by being written.
 */
export class LabelNames {
  readonly #names: Set<string>;
  readonly #isFixed: boolean;

  constructor(configured: readonly string[] = []) {
    this.#names = new Set(configured);
    this.#isFixed = configured.length > 0;
  }

  /** Whether there is room for one more. */
  get isOpen(): boolean {
    return !this.#isFixed && this.#names.size < LABEL_NAMES_MAX;
  }

  knows(name: string): boolean {
    return this.#names.has(name);
  }

  learn(name: string | null): void {
    if (name !== null && this.isOpen) this.#names.add(name);
  }

  labelOf(name: string | null): string {
    if (name === null) return UNKNOWN_LABEL;
    return this.#names.has(name) ? name : OTHER_LABEL;
  }
}
