import { StrataError } from '@strata/pipeline';

/** Why a subscription was not changed as asked. */
export const SUBSCRIPTION_REFUSALS = [
  /** Somebody else changed it in between, or it is not at the version that was expected. */
  'changed-meanwhile',
  'unknown',
  'exists',
  'not-active',
  'not-paused',
  'not-disabled',
] as const;
export type SubscriptionRefusal = (typeof SUBSCRIPTION_REFUSALS)[number];

const SENTENCES: Readonly<Record<SubscriptionRefusal, string>> = {
  'changed-meanwhile':
    'was changed by somebody else in the meantime, and nothing of yours was applied; look at it again, and repeat your change',
  unknown: 'is not there; see those there are with ./strata subscription list',
  exists: 'is there already; choose another id, or change it with ./strata subscription change',
  'not-active': 'is not active, so it cannot be paused',
  'not-paused': 'is not paused; what is disabled is put back with ./strata subscription enable',
  'not-disabled': 'is not disabled; what is paused goes on with ./strata subscription resume',
};

export class SubscriptionFault extends StrataError {
  readonly refusal: SubscriptionRefusal;
  readonly subscription: string;

  constructor(refusal: SubscriptionRefusal, subscription: string) {
    super('STRATA_SUBSCRIPTION_REFUSED', `Subscription ${subscription} ${SENTENCES[refusal]}.`, {
      isRetryable: refusal === 'changed-meanwhile',
      details: { subscription, refusal },
    });
    this.name = 'SubscriptionFault';
    this.refusal = refusal;
    this.subscription = subscription;
  }
}
