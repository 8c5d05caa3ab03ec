import { tierChangeBody, tierChangeToJson } from '@strata/contracts';
import { compareBytewise, type PolicySet, policyNamed, type TierChange } from '@strata/domain';

const PARTITION = 0;

/** The changes of a backtest as JSON lines, kept until the end because the file is sorted by customer. */
export class ChangeLines {
  readonly #set: PolicySet;
  readonly #byCustomer = new Map<string, string[]>();

  constructor(set: PolicySet) {
    this.#set = set;
  }

  add(change: TierChange, eventIdAt: (offset: number) => string | null): void {
    const line = changeLine(change, this.#set, eventIdAt);
    const lines = this.#byCustomer.get(change.customerId);
    if (lines === undefined) this.#byCustomer.set(change.customerId, [line]);
    else lines.push(line);
  }

  /** Sorted by (customerId bytewise, customerSeq): a customer's changes come in the order of their numbers. */
  *sorted(): Generator<string> {
    const customers = [...this.#byCustomer].sort(([a], [b]) => compareBytewise(a, b));
    for (const [, lines] of customers) yield* lines;
  }
}

/** There is no log to look an offset up in, so the records of a backtest are named by the ids of their events. */
function changeLine(
  change: TierChange,
  set: PolicySet,
  eventIdAt: (offset: number) => string | null,
): string {
  const policy = policyNamed(set, change.policy);
  if (policy === null) throw new TypeError(`the set holds no policy ${change.policy}`);
  const body = tierChangeBody(change, PARTITION, policy);
  const { kind, ref } = change.cause;
  const offset = /^\d+:(\d+)$/.exec(ref ?? '')?.[1];
  const eventId = offset === undefined ? null : eventIdAt(Number(offset));
  const json = tierChangeToJson({
    ...body,
    cause: { kind, ref: eventId ?? ref },
    evidence: change.evidence.map((at) => eventIdAt(at) ?? `${PARTITION}:${at}`),
  });
  return `${JSON.stringify(json)}\n`;
}
