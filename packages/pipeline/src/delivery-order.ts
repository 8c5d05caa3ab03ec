import type { DeliveryJob, EndpointService } from './delivery-ports.ts';

/** `superseded`: a newer one goes instead, or has gone. */
export type DeliveryTurn = 'go' | 'wait' | 'superseded';

type Ordered = Pick<
  DeliveryJob,
  'id' | 'endpoint' | 'subject' | 'sequence' | 'origin' | 'replayId'
>;

/**
 * The unfinished jobs by endpoint and subject, and whose turn it is: the rule of `EndpointService.deliver`. Queues that
 * live in memory use it as it stands; the one on Redis does the same in its scripts.
 */
export class DeliveryOrder {
  /** By endpoint and subject, in order. */
  readonly #lanes = new Map<string, Ordered[]>();

  add(job: Ordered): void {
    const key = laneOf(job);
    const lane = this.#lanes.get(key) ?? [];
    if (lane.some(({ id }) => id === job.id)) return;
    this.#lanes.set(key, [...lane, job].sort(compareOrdered));
  }

  /** Whether the job may be delivered now. `isInHand` tells which others are on their way. */
  turn(
    job: Ordered,
    deliver: EndpointService['deliver'],
    isInHand: (id: string) => boolean,
  ): DeliveryTurn {
    const lane = this.#lanes.get(laneOf(job)) ?? [];
    const place = lane.findIndex(({ id }) => id === job.id);
    if (place < 0) return 'superseded';
    if (deliver === 'every') return place === 0 ? 'go' : 'wait';
    if (place < lane.length - 1) {
      this.end(job);
      return 'superseded';
    }
    const older = lane.slice(0, place);
    if (older.some(({ id }) => isInHand(id))) return 'wait';
    for (const each of older) this.end(each);
    return 'go';
  }

  /** The job is finished, or was removed. */
  end(job: Ordered): void {
    const key = laneOf(job);
    const left = (this.#lanes.get(key) ?? []).filter(({ id }) => id !== job.id);
    if (left.length > 0) this.#lanes.set(key, left);
    else this.#lanes.delete(key);
  }

  pending(endpoint: string): number {
    return this.#of(endpoint).length;
  }

  /** As `DeliveryStanding.oldest`. */
  oldest(partition: number, endpoints: readonly string[]): Map<string, number> {
    const oldest = new Map<string, number>();
    for (const endpoint of endpoints) {
      for (const { origin, replayId } of this.#of(endpoint)) {
        if (origin?.partition !== partition || replayId !== null) continue;
        const { offset } = origin;
        oldest.set(endpoint, Math.min(oldest.get(endpoint) ?? offset, offset));
      }
    }
    return oldest;
  }

  #of(endpoint: string): Ordered[] {
    const lanes = [...this.#lanes].filter(([key]) => key.startsWith(`${endpoint}\n`));
    return lanes.flatMap(([, jobs]) => jobs);
  }
}

/** The order of the jobs of one subject. */
export function compareOrdered(
  one: Pick<DeliveryJob, 'sequence' | 'id'>,
  other: Pick<DeliveryJob, 'sequence' | 'id'>,
): number {
  if (one.sequence !== other.sequence) return one.sequence - other.sequence;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

function laneOf({ endpoint, subject }: Ordered): string {
  return `${endpoint}\n${subject}`;
}
