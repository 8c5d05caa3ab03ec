import type { Alias } from '@strata/domain';
import { type CustomerHistory, replayCustomer } from './replay-customer.ts';

/** A name that is somebody else's by now, and by whose word. */
export interface FollowedAlias extends Alias {
  readonly customerId: string;
}

export interface SurvivorHistory {
  /** From the name that was asked for to the last before the survivor; empty for one who never merged into another. */
  readonly aliases: readonly FollowedAlias[];
  readonly customerId: string;
  readonly replayed: CustomerHistory;
}

/** Folds a customer again from the log, or of an alias the customer whom it is part of. Aliases form no circle. */
export async function replaySurvivor(
  stack: Parameters<typeof replayCustomer>[0],
  named: string,
  until: Parameters<typeof replayCustomer>[2],
): Promise<SurvivorHistory> {
  const aliases: FollowedAlias[] = [];
  let customerId = named;
  let replayed = await replayCustomer(stack, customerId, until);
  while (replayed.alias !== null) {
    aliases.push({ customerId, ...replayed.alias });
    customerId = replayed.alias.survivorId;
    replayed = await replayCustomer(stack, customerId, until);
  }
  return { aliases, customerId, replayed };
}
