import type { TierDirection } from '@strata/contracts';
import type { TierChangeType } from '@strata/domain';
import {
  contentOf,
  contentShape,
  problemsOf,
  type SubscriptionContent,
  secretSchema,
  subscriptionIdSchema,
} from '@strata/subscriptions';
import { z } from 'zod';
import { NotifierFault } from './notifier-fault.ts';
import type { Subscription } from './subscription.ts';
import { signWith } from './webhook-signature.ts';

/** The content as the delivery machinery uses it. What a later version of Strata names matches nothing here. */
export function filtersOf(content: SubscriptionContent) {
  return {
    url: new URL(content.url),
    types: content.types as readonly TierChangeType[] | null,
    directions: content.directions as readonly TierDirection[] | null,
    tiers: content.tiers,
    segments: content.segments,
    minimumSteps: content.minimumSteps,
    hasBackfill: content.backfill,
    isOperational: content.operational,
    deliver: content.deliver,
    concurrency: content.concurrency,
    perSecond: content.perSecond,
  };
}

/**
 * Reads the text of a subscriptions file. `place` is what an error calls the file; no error repeats
 * what stands in it.
 */
export function parseSubscriptions(
  text: string,
  options: { readonly place: string; readonly isHttpAllowed: boolean },
): readonly Subscription[] {
  const { place, isHttpAllowed } = options;
  // Where an address leads is looked at when it is connected to; a file may be checked where it does not resolve.
  const rules = { isHttpAllowed, arePrivateAddressesAllowed: true };
  const entrySchema = z.strictObject({
    id: subscriptionIdSchema,
    secret: secretSchema,
    ...contentShape(rules),
  });
  const parsed = z
    .array(entrySchema, 'must be a list of subscriptions: [{"id", "url", "secret"}, ...]')
    .safeParse(parseJson(text, place));
  if (!parsed.success) {
    const problems = problemsOf(parsed.error).map(
      ({ path, sentence }) => `${pathOf(path)}: ${sentence}`,
    );
    throw refused(place, problems.join('; '));
  }
  const seen = new Set<string>();
  return parsed.data.map((entry, index) => {
    if (seen.has(entry.id)) {
      throw refused(place, `[${index}].id: is taken by an earlier subscription; give each its own`);
    }
    seen.add(entry.id);
    return {
      id: entry.id,
      version: 1,
      sign: signWith([{ secret: entry.secret, endsAtMs: null }]),
      ...filtersOf(contentOf(entry)),
      standing: 'active',
      activeFromMs: 0,
      heldSinceMs: null,
    };
  });
}

function refused(place: string, problems: string): NotifierFault {
  return new NotifierFault(
    'STRATA_NOTIFIER_SUBSCRIPTIONS',
    `The subscriptions in ${place} cannot be used. ${problems}.`,
  );
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's own sentence may quote the text around the fault, and with it a secret; only its
    // place is taken.
    const where = /line \d+ column \d+/.exec(String(error))?.[0];
    throw new NotifierFault(
      'STRATA_NOTIFIER_SUBSCRIPTIONS',
      `The subscriptions in ${place} are no JSON${where === undefined ? '' : ` (${where})`}. ` +
        'Write a list: [{"id": "crm", "url": "https://...", "secret": "whsec_..."}].',
    );
  }
}

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
}
