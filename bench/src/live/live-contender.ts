import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS, tierChangeFromWire } from '@strata/contracts';
import { BenchFault } from '../bench-fault.ts';
import { Running } from '../running.ts';
import type { Contender } from '../scorer/contender.ts';
import { PEER_CHANGES } from '../scorer/customer-log.ts';
import type { PeerProgram } from '../scorer/kafka-streams-peer.ts';
import type { ScorerStage } from '../scorer/scorer-stage.ts';

const LOOK_MS = 50;

/** Starts processes of a contender and resolves once they have done with the log that lies there. */
export async function caughtUp(
  contender: Contender,
  setting: {
    readonly records: number;
    readonly signal: AbortSignal;
    readonly processes?: number;
  },
): Promise<readonly Running[]> {
  const all = Array.from({ length: setting.processes ?? 1 }, () => Running.start(contender));
  try {
    while ((await contender.recordsDone()) < setting.records || !(await contender.isAtRest())) {
      setting.signal.throwIfAborted();
      if (all.some((one) => one.hasEnded)) {
        throw new BenchFault(`${contender.name} ended before it had done with the log`);
      }
      await delay(LOOK_MS);
    }
    return all;
  } catch (error) {
    await Promise.all(all.map((one) => one.stop()));
    throw error;
  }
}

/** Where the scorer tells its changes. */
export function scorerChanges({ serdes }: ScorerStage) {
  const serde = serdes(TOPICS.tierChanges);
  return {
    topic: TOPICS.tierChanges,
    effectiveAtOf: (value: Buffer) => tierChangeFromWire(serde.decode(value)).effectiveAt,
  };
}

/** Where the peer does. */
export function peerChanges({ schema }: PeerProgram) {
  return {
    topic: PEER_CHANGES,
    effectiveAtOf: (value: Buffer) =>
      (schema.fromBuffer(value) as { readonly effectiveAt: number }).effectiveAt,
  };
}
