/**
 * How many random traces a test replays, and from which seed: both are printed, and the same two give the same traces
 * again. `STRATA_MODEL_CASES` looks longer, in proportion to what each test does by itself.
 */
const factor = Number(process.env['STRATA_MODEL_CASES'] ?? 1_000) / 1_000;
const seed = Number(process.env['STRATA_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

export function traceSettings(traces: number): { numRuns: number; seed: number } {
  const numRuns = Math.max(1, Math.round(traces * factor));
  process.stderr.write(`${numRuns} traces, STRATA_MODEL_SEED=${seed}\n`);
  return { numRuns, seed };
}

/** Notes what a trace met. A trace test whose traces never meet a guard proves nothing of it. */
export class Sightings {
  readonly #times = new Map<string, number>();

  note(what: string): void {
    this.#times.set(what, this.#times.get(what) === undefined ? 1 : this.of(what) + 1);
  }

  of(what: string): number {
    return this.#times.get(what) ?? 0;
  }

  tell(): void {
    const told = [...this.#times]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${what} ${times}`);
    process.stderr.write(`${told.join(', ')}\n`);
  }
}

/** Bytes made comparable, whatever array holds them, and objects in one order. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, inner]) => [name, comparable(inner)]));
}
