import {
  type PresentSubscription,
  SubscriptionFault,
  type SubscriptionRefusal,
  subscriptionJson,
} from '@strata/subscriptions';
import type { Language } from '../../texts.ts';
import { type ApiAnswer, json, problem } from '../answer.ts';
import type { ProblemName } from '../problem.ts';
import type { ApiAsk } from '../route.ts';
import type { SubscriptionPorts, SubscriptionRouteParts } from './subscription-parts.ts';

/** Versions are whole and never given twice, so the tag is a strong one. */
export function versionTag({ version }: { readonly version: number }): string {
  return `"${version}"`;
}

export function subscriptionAnswer(
  status: number,
  state: PresentSubscription,
  more: {
    readonly members?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): ApiAnswer {
  const body = { ...subscriptionJson(state), ...more.members };
  return json(status, body, { etag: versionTag(state), ...more.headers });
}

/** The version that `If-Match` names; undefined for any, null for one that can never be. */
export function expectedVersion(header: string | undefined): number | null | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^\s*"(\d{1,9})"\s*$/.exec(header)?.[1];
  return version === undefined ? null : Number(version);
}

const PROBLEM_OF: Readonly<Record<SubscriptionRefusal, ProblemName>> = {
  'changed-meanwhile': 'changed-meanwhile',
  unknown: 'no-such-subscription',
  exists: 'subscription-exists',
  'not-active': 'other-standing',
  'not-paused': 'other-standing',
  'not-disabled': 'other-standing',
};

export type SubscriptionAsk = Pick<
  ApiAsk<unknown, unknown>,
  'params' | 'headers' | 'language' | 'key'
>;

/** Runs a handler where the console has the ports, and makes problems of refusals. */
export async function answered(
  { ports }: SubscriptionRouteParts,
  { headers, language }: SubscriptionAsk,
  handle: (ports: SubscriptionPorts) => Promise<ApiAnswer>,
): Promise<ApiAnswer> {
  if (ports === null) return problem('no-subscriptions', language);
  try {
    return await handle(ports);
  } catch (error) {
    if (!(error instanceof SubscriptionFault)) throw error;
    const name = PROBLEM_OF[error.refusal];
    const isCondition = name === 'changed-meanwhile' && headers['if-match'] !== undefined;
    return problem(isCondition ? 'precondition-failed' : name, language);
  }
}

/** Who changes: the key, by its name. */
export function actorOf({ key }: SubscriptionAsk): string {
  return `api:${key?.name ?? 'nobody'}`;
}

export function sealerOf(
  { seal }: SubscriptionPorts,
  language: Language,
): { readonly seal: (bytes: Uint8Array) => Uint8Array } | { readonly refusal: ApiAnswer } {
  return seal === null ? { refusal: problem('no-sealing-key', language) } : { seal };
}
