import type { SubscriptionContent } from './subscription-content.ts';

/**
 * The records of the subscriptions topic. A change carries the version that it makes; an ask changes nothing that
 * holds, so any number of them may cross and none needs a version.
 */
interface RecordHead {
  /** Of the subscription. */
  readonly subscription: string;
  /** Of the record, made by its writer: by it the writer finds its own record again. */
  readonly recordId: string;
  readonly actor: string;
  readonly reason: string | null;
}

export const PLAIN_CHANGES = [
  'subscription-paused',
  'subscription-resumed',
  'subscription-disabled',
  'subscription-enabled',
  'subscription-removed',
] as const;
export type PlainChange = (typeof PLAIN_CHANGES)[number];

/** What a change does, without who and which. */
export type ChangeBody =
  | {
      readonly kind: 'subscription-set';
      readonly content: SubscriptionContent;
      /** Only where the subscription begins. */
      readonly sealedSecret: Uint8Array | null;
    }
  | { readonly kind: PlainChange }
  | {
      readonly kind: 'secret-rotated';
      readonly sealedSecret: Uint8Array;
      /** How long the secret before it goes on signing beside it. */
      readonly overlapMs: number;
    };

export type SubscriptionChange = RecordHead & { readonly version: number } & (
    | ChangeBody
    /** Of a later version of Strata: it takes its version, and changes nothing that this one knows. */
    | { readonly kind: 'unknown-change' }
  );

export interface ReplayRequest {
  /** Append times of the broker; from inclusive, to exclusive. Null: no bound. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** Only changes of this customer, whose id is sealed. */
  readonly sealedCustomer: Uint8Array | null;
  /** Only deliveries that were given up. */
  readonly isGivenUp: boolean;
}

export interface TestOutcome {
  /** The `recordId` of the ask. */
  readonly test: string;
  readonly outcome: string;
  readonly outcomeReason: string | null;
  readonly tookMs: number;
}

export type AskBody =
  | { readonly kind: 'replay-asked'; readonly replay: ReplayRequest }
  | { readonly kind: 'test-asked' }
  | { readonly kind: 'test-taken'; readonly test: string }
  | { readonly kind: 'test-ended'; readonly result: TestOutcome };

export type SubscriptionAsk = RecordHead & (AskBody | { readonly kind: 'unknown-ask' });

export type SubscriptionRecord = SubscriptionChange | SubscriptionAsk;

export function isChange(record: SubscriptionRecord): record is SubscriptionChange {
  return 'version' in record;
}
