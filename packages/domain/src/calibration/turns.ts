import type { CustomerState } from '../customer-state.ts';
import type { PartitionState } from '../fold-types.ts';
import type { Instant } from '../instant.ts';
import type { Activation } from '../policy/activation.ts';
import type { RateCorrection } from '../rates/rates.ts';
import type { CalibrationInForce } from './calibration.ts';

/** What changed for everybody at one instant, between two touches of a customer. */
export type Turn =
  | ({ readonly kind: 'calibration' } & CalibrationInForce)
  | ({ readonly kind: 'activation' } & Activation)
  | {
      readonly kind: 'correction';
      readonly since: Instant;
      readonly correction: RateCorrection;
    };

const NO_TURNS: readonly Turn[] = [];

/** What a customer has not passed yet, in the order in which it passes it. */
export function turnsOf(
  partition: PartitionState,
  {
    state,
    until,
    corrections,
  }: {
    readonly state: CustomerState;
    readonly until: Instant;
    readonly corrections: readonly RateCorrection[];
  },
): readonly Turn[] {
  const activations = activationsFor(partition, state, until);
  const isNone = activations.length === 0 && corrections.length === 0;
  if (isNone && partition.calibrations.length === 0) return NO_TURNS;
  const setIds = new Set([state.setId, ...activations.map(({ setId }) => setId)]);
  const turns: Turn[] = [
    ...corrections.map((it) => ({ kind: 'correction', since: it.since, correction: it }) as const),
    ...calibrationsFor(partition, { state, until, setIds }),
    ...activations.map((it) => ({ kind: 'activation', ...it }) as const),
  ];
  return turns.length < 2 ? turns : turns.sort((one, other) => one.since - other.since);
}

/**
 * Of the activations that the customer's clock has passed only the last says anything. Who was there before the first
 * policy is graded when something of its own comes.
 */
function activationsFor(
  { activations }: PartitionState,
  state: CustomerState,
  until: Instant,
): readonly Activation[] {
  const last = activations.at(-1);
  // Nobody, or nothing of its own is there.
  if (last === undefined || state.clock === Number.NEGATIVE_INFINITY) return [];
  if (last.setId === state.setId && last.since <= state.clock) return [];
  const passed = activations.filter((it) => it.since <= until);
  return passed.filter(
    (_, index) =>
      (state.setId !== null || index > 0) && (passed[index + 1]?.since ?? Infinity) > state.clock,
  );
}

/**
 * Of the calibrations of one set that the customer's clock has passed only the last says anything, and in wall time that
 * neither: a clock behind it was moved there by passing it. In data time clocks run apart, also of a stack that went live.
 */
function calibrationsFor(
  { calibrations, time, live }: PartitionState,
  {
    state: { clock },
    until,
    setIds,
  }: {
    readonly state: CustomerState;
    readonly until: Instant;
    readonly setIds: ReadonlySet<string | null>;
  },
): readonly Turn[] {
  if (calibrations.length === 0) return [];
  const isPassedOnce = time === 'wall' && live === null;
  return [...setIds].flatMap((setId) => {
    const passed = calibrations.filter((it) => it.calibration.setId === setId && it.since <= until);
    return passed
      .filter(
        ({ since }, index) =>
          (passed[index + 1]?.since ?? Infinity) > clock && !(isPassedOnce && since < clock),
      )
      .map((it) => ({ kind: 'calibration', ...it }) as const);
  });
}
