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
  kind === 'calibrated' || kind === 'rates-published' || kind === 'rates-corrected';

/** The calibrations and tables of rates of one log, numbered as they come. */
export class Turns {
  readonly #set: PolicySet;
  readonly #startAt: Instant;
  readonly #factor: number;
  #calibrations = 0;
  #tables = 0;

  constructor(
    set: PolicySet,
    { startAt, factor }: { readonly startAt: Instant; readonly factor: number },
  ) {
    this.#set = set;
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

  /** Null where the set has nothing to calibrate. */
  recordOf({ kind, pick, label, lag, jitter }: TurnMove, now: Instant): LogRecord | null {
    if (kind === 'calibrated') {
      const id = `calibration ${++this.#calibrations}`;
      const calibration = calibrationOf(this.#set, { id, choice: label, factor: this.#factor });
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
}
