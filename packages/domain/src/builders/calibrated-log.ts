import type { Calibration } from '../calibration/calibration.ts';
import { census } from '../calibration/census.ts';
import { DAY_MS } from '../instant.ts';
import type { Policy, PolicySet } from '../policy/policy.ts';
import { aPolicySet, aPurchase, day, TestPartition } from './index.ts';

/** A partition whose customers are looked at as a whole now and then. */
export class CalibratedLog extends TestPartition {
  readonly set: PolicySet;

  constructor(policy: Policy) {
    super(policy);
    this.set = aPolicySet(policy);
  }

  buys(customerId: string, ...days: readonly number[]): void {
    this.events(...days.map((at) => aPurchase(day(at), { customerId })));
  }

  calibratesAt(at: number): Calibration {
    this.passTo(day(at));
    const calibration = census({ set: this.set, at: day(at), customers: this.customers });
    this.append({ kind: 'calibrated', calibration });
    return calibration;
  }

  ticks(): void {
    this.append({ kind: 'tick', customerIds: [...this.customers.keys()] });
  }

  /** `a promoted bronze>silver calibration 10`: the last is the day. */
  told(): readonly string[] {
    return this.outputs.flatMap((it) =>
      it.kind === 'tier-change'
        ? [
            `${it.customerId} ${it.type} ${it.fromTier ?? ''}>${it.toTier} ${it.cause.kind} ${(it.effectiveAt - day(0)) / DAY_MS}`,
          ]
        : [],
    );
  }
}
