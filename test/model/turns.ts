import { DAY_MS, type Instant, type LogRecord, type PolicySet } from '@strata/domain';

import { calibrationOf } from './calibration-arbitrary.ts';
import { tableOf } from './rates-arbitrary.ts';

/** The numbers of a move that say which models or rates come. */
interface TurnMove {
  readonly kind: string;
  readonly pick: number;
  readonly label: number;
  readonly lag: number;
  readonly jitter: number;
}

/** What comes to everybody in one instant. */
export const isTurn = ({ kind }: { readonly kind: string }): boolean =>
  kind === 'calibrated' ||
  kind === 'policy-activated' ||
  kind === 'rates-published' ||
  kind === 'rates-corrected';

/** The calibrations and tables of rates of one log, numbered as they come. */
export class Turns {
  /** The first is in force, and gives its place to the next. */
  readonly #sets: PolicySet[];
  readonly #startAt: Instant;
  readonly #factor: number;
  #activations = 0;
  #calibrations = 0;
  #tables = 0;

  constructor(
    sets: readonly PolicySet[],
    { startAt, factor }: { readonly startAt: Instant; readonly factor: number },
  ) {
    this.#sets = [...sets];
    this.#startAt = startAt;
    this.#factor = factor;
  }

  /** All currencies from well before the start on, and models. */
  prepared(label: number): readonly LogRecord[] {
    const move = { pick: 7, label, jitter: 0 };
    return [
      this.recordOf({ ...move, kind: 'rates-published', lag: 120 }, this.#startAt),
      this.recordOf({ ...move, kind: 'calibrated', lag: 0 }, this.#startAt),
    ].filter((it) => it !== null);
  }

  /** Null where the set has nothing to calibrate, or no other follows it. */
  recordOf({ kind, pick, label, lag, jitter }: TurnMove, now: Instant): LogRecord | null {
    if (kind === 'policy-activated') return this.#activated(pick);
    if (kind === 'calibrated') {
      const id = `calibration ${++this.#calibrations}`;
      const calibration = calibrationOf(this.#sets[0] as PolicySet, {
        id,
        choice: label,
        factor: this.#factor,
      });
      return calibration && { kind, calibration };
    }
    // Some tables come again under their number, or late: they are none.
    if (jitter >= 0 || this.#tables === 0) this.#tables++;
    const span = this.#factor * DAY_MS;
    const first = now - (Math.abs(lag) + 4 * label) * span;
    const days = [first, first + 2 * span, now + span];
    const shape = { currencies: pick, rates: label, number: this.#tables, days };
    const table = tableOf(shape);
    return kind === 'rates-corrected' ? { kind, table } : { kind: 'rates-published', table };
  }

  #activated(pick: number): LogRecord | null {
    const [set, ...others] = this.#sets;
    const [next] = others;
    if (set === undefined || next === undefined) return null;
    this.#sets.splice(0, this.#sets.length, ...others, set);
    const number = ++this.#activations;
    return { kind: 'policy-activated', set: next, number, announceFrom: pick % 3 };
  }
}
