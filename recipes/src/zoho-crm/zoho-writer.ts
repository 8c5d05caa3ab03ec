import type { TierChange } from '@strata/client';
import { TokenCache } from '../access-token.ts';
import { callJson, type JsonAnswer, NoAnswer } from '../call-json.ts';
import {
  type TierValues,
  type TierWriter,
  tierValueOf,
  type WriteOutcome,
} from '../tier-writer.ts';

export interface ZohoSettings {
  /** Of the data centre, such as accounts.zoho.com, .eu, .in, .com.cn. */
  readonly accountsUrl: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** API name of the module: Accounts, Contacts. */
  readonly module: string;
  readonly tierValues: TierValues;
  readonly nowMs: () => number;
}

interface ZohoToken {
  readonly accessToken: string;
  /** Where this organisation's API is; the answer with the token says so. */
  readonly apiDomain: URL;
}

/** Zoho tells no Retry-After with 429: its limits are of concurrent calls, and of a day. */
const LATER_MS = 60_000;
const RENEW_BEFORE_MS = 60_000;
/** Ten tokens in ten minutes is all that a refresh token gives. */
const YOUNG_MS = 60_000;
/** What can only be mended in Zoho or in the settings. */
const IMPOSSIBLE_STATUSES: readonly number[] = [400, 403, 404, 405, 413];

/**
 * Writes the tier into fields of a record by its id: `PUT /crm/v8/<module>`. Not by upsert, which
 * creates what it does not find. The same change again writes the same values.
 */
export class ZohoWriter implements TierWriter {
  readonly #settings: ZohoSettings;
  readonly #tokens: TokenCache<ZohoToken>;

  constructor(settings: ZohoSettings) {
    this.#settings = settings;
    this.#tokens = new TokenCache({
      fetchToken: () => fetchZohoToken(settings),
      nowMs: settings.nowMs,
      renewBeforeMs: RENEW_BEFORE_MS,
      youngMs: YOUNG_MS,
    });
  }

  async write(change: TierChange): Promise<WriteOutcome> {
    const value = tierValueOf(this.#settings.tierValues, change.toTier);
    if (value === null) {
      return { kind: 'impossible', reason: `The settings have no value for ${change.toTier}.` };
    }
    if (!/^\d{1,25}$/.test(change.customerId)) {
      return { kind: 'impossible', reason: 'The customer id is no record id of Zoho.' };
    }
    try {
      return await this.#put(change, value);
    } catch (fault) {
      if (fault instanceof NoAnswer || fault instanceof NoToken) {
        return { kind: 'later', afterMs: LATER_MS, reason: fault.message };
      }
      throw fault;
    }
  }

  async #put(change: TierChange, value: string): Promise<WriteOutcome> {
    for (;;) {
      const token = await this.#tokens.get();
      const answer = await callJson(new URL(`/crm/v8/${this.#settings.module}`, token.apiDomain), {
        method: 'PUT',
        headers: {
          authorization: `Zoho-oauthtoken ${token.accessToken}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(recordOf(change, value)),
      });
      if (answer.status !== 401) return outcomeOf(answer);
      if (!this.#tokens.refuse(token)) {
        return { kind: 'later', afterMs: LATER_MS, reason: 'Zoho refuses a token that is new.' };
      }
    }
  }
}

class NoToken extends Error {
  constructor(status: number) {
    super(`Zoho gave no access token (status ${status}); check client and refresh token.`);
    this.name = 'NoToken';
  }
}

async function fetchZohoToken({ accountsUrl, ...settings }: ZohoSettings) {
  const { status, body } = await callJson(new URL('/oauth/v2/token', accountsUrl), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      refresh_token: settings.refreshToken,
    }),
  });
  const { access_token: accessToken, api_domain: apiDomain, expires_in: expiresIn } = body;
  // A refused refresh token is told by 200 and an `error`.
  if (typeof accessToken !== 'string' || typeof apiDomain !== 'string') throw new NoToken(status);
  return {
    value: { accessToken, apiDomain: new URL(apiDomain) },
    expiresInMs: (typeof expiresIn === 'number' ? expiresIn : 3_600) * 1_000,
  };
}

/** An empty `trigger` keeps workflows still: a backfill is no news. */
function recordOf(change: TierChange, value: string): object {
  return {
    data: [
      {
        id: change.customerId,
        Tier: value,
        Tier_Since: change.effectiveAt.slice(0, 10),
        Tier_Version: change.customerSeq,
        Tier_Event_Id: change.id,
        Tier_Reason: `${change.type} (${change.cause.kind})`,
      },
    ],
    trigger: change.backfill ? [] : ['workflow'],
  };
}

/** A 2xx does not say that the record was written: each record has a code of its own. */
function outcomeOf({ status, body, retryAfterMs }: JsonAnswer): WriteOutcome {
  const [record] = Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
  const code = (record as { code?: unknown } | undefined)?.code ?? body['code'];
  if (status >= 200 && status < 300 && code === 'SUCCESS') return { kind: 'written' };
  const reason = `Zoho answered ${status} ${typeof code === 'string' ? code : ''}`.trim();
  const isForGood = (status >= 200 && status < 300) || IMPOSSIBLE_STATUSES.includes(status);
  if (isForGood) return { kind: 'impossible', reason };
  return { kind: 'later', afterMs: retryAfterMs ?? LATER_MS, reason };
}
