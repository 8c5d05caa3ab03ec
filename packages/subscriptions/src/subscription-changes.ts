import { presentOf } from './change-subscription.ts';
import type { SubscriptionContent } from './subscription-content.ts';
import { SubscriptionFault } from './subscription-fault.ts';
import type { ChangeBody } from './subscription-record.ts';
import { isPresent, type Standing, type SubscriptionState } from './subscription-state.ts';

/** Each change, with what has to hold before it: the same for commands, the API and the notifier. */

type Change = (before: SubscriptionState | undefined) => ChangeBody;

const DAY_MS = 86_400_000;
/** Receivers have a day to learn the new secret. */
export const OVERLAP_MS_DEFAULT = DAY_MS;
export const OVERLAP_MS_MAX = 30 * DAY_MS;

export function creation(
  id: string,
  content: SubscriptionContent,
  sealedSecret: Uint8Array,
): Change {
  return (before) => {
    if (isPresent(before)) throw new SubscriptionFault('exists', id);
    return { kind: 'subscription-set', content, sealedSecret };
  };
}

export function contentChange(
  id: string,
  change: (before: SubscriptionContent) => SubscriptionContent,
): Change {
  return (before) => {
    const content = change(presentOf(before, id).content);
    return { kind: 'subscription-set', content, sealedSecret: null };
  };
}

export function rotation(id: string, sealedSecret: Uint8Array, overlapMs: number): Change {
  return (before) => {
    presentOf(before, id);
    return { kind: 'secret-rotated', sealedSecret, overlapMs };
  };
}

export function removal(id: string): Change {
  return (before) => {
    presentOf(before, id);
    return { kind: 'subscription-removed' };
  };
}

const NEEDS = {
  'subscription-paused': ['active', 'not-active'],
  'subscription-resumed': ['paused', 'not-paused'],
  'subscription-enabled': ['disabled', 'not-disabled'],
  'subscription-disabled': ['active', 'not-active'],
} as const satisfies Record<string, readonly [Standing, string]>;

export function standingChange(id: string, kind: keyof typeof NEEDS): Change {
  return (before) => {
    const [needed, refusal] = NEEDS[kind];
    if (presentOf(before, id).standing !== needed) throw new SubscriptionFault(refusal, id);
    return { kind };
  };
}
