import { randomUUID } from 'node:crypto';
import type { TierChange } from '@strata/client';
import { TokenCache } from '../access-token.ts';
import { callJson, type JsonAnswer, NoAnswer } from '../call-json.ts';
import {
  type TierValues,
  type TierWriter,
  tierValueOf,
  type WriteOutcome,
} from '../tier-writer.ts';
import { Pacer } from './pacer.ts';

export interface FxiaokeSettings {
  /** Of the cloud that the tenant is on. */
  readonly baseUrl: URL;
  readonly appId: string;
  readonly appSecret: string;
  readonly refreshToken: string;
  /** The employee on whose behalf it is written, as `x-fs-userid`. */
  readonly employeeId: string;
  /** Where a customer's id of Strata stands on AccountObj; `_id` is the record's own and needs no look-up. */
  readonly customerField: string;
  /** The single-select field that holds the tier. */
  readonly tierField: string;
  readonly tierValues: TierValues;
  /** The vendor tells no limit; one call at a time, and so long between two. */
  readonly spacingMs: number;
  readonly nowMs: () => number;
}

interface FxiaokeToken {
  readonly accessToken: string;
  readonly ea: string;
}

type Answered =
  | { readonly kind: 'ok'; readonly body: Readonly<Record<string, unknown>> }
  | Exclude<WriteOutcome, { kind: 'written' }>;

const LATER_MS = 30_000;
/** 7,200 s is its life, and between 6,650 and 7,200 s another one is given. */
const RENEW_BEFORE_MS = 500_000;
const YOUNG_MS = 60_000;
const TOKEN_REFUSED = 20016;
/** So few that the last of them is answered before the notifier stops waiting for it. */
const WAITING_MAX = 6;

/**
 * Writes the tier into one field of AccountObj, one record a call, as the open API has it. What
 * became of a call is told by `errorCode` alone: the vendor says that `errorMessage` may change.
 */
export class FxiaokeWriter implements TierWriter {
  readonly #settings: FxiaokeSettings;
  readonly #tokens: TokenCache<FxiaokeToken>;
  readonly #pacer: Pacer;
  /** Record ids never change. */
  readonly #recordIds = new Map<string, string>();

  constructor(settings: FxiaokeSettings) {
    this.#settings = settings;
    this.#pacer = new Pacer({ spacingMs: settings.spacingMs, waitingMax: WAITING_MAX });
    this.#tokens = new TokenCache({
      fetchToken: () => this.#fetchToken(),
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
    try {
      const found = await this.#recordIdOf(change.customerId);
      if (typeof found !== 'string') return found;
      const answer = await this.#call(
        '/cgi/crm/v2/data/update',
        updateOf(found, {
          field: this.#settings.tierField,
          value,
          isNews: !change.backfill,
        }),
      );
      return answer.kind === 'ok' ? { kind: 'written' } : answer;
    } catch (fault) {
      if (!(fault instanceof NoAnswer || fault instanceof NoToken)) throw fault;
      return { kind: 'later', afterMs: LATER_MS, reason: fault.message };
    }
  }

  async #recordIdOf(
    customerId: string,
  ): Promise<string | Exclude<WriteOutcome, { kind: 'written' }>> {
    const { customerField } = this.#settings;
    if (customerField === '_id') return customerId;
    const known = this.#recordIds.get(customerId);
    if (known !== undefined) return known;
    const answer = await this.#call('/cgi/crm/v2/data/query', queryOf(customerField, customerId));
    if (answer.kind !== 'ok') return answer;
    const { dataList } = (answer.body['data'] ?? {}) as { dataList?: readonly { _id?: unknown }[] };
    // Two customers under one number: which of them is meant nobody can say.
    const [id, other] = (dataList ?? []).map(({ _id }) => _id);
    if (typeof id !== 'string' || other !== undefined) {
      const count = (dataList ?? []).length;
      return { kind: 'impossible', reason: `${count} records of AccountObj have this customer.` };
    }
    this.#recordIds.set(customerId, id);
    return id;
  }

  async #call(path: string, body: object): Promise<Answered> {
    for (;;) {
      const token = await this.#tokens.get();
      const answer = await this.#pacer.run(() => this.#post(path, token, body));
      if (answer === null) return { kind: 'later', afterMs: LATER_MS, reason: 'Too many wait.' };
      const errorCode = answer.body['errorCode'];
      if (answer.status === 200 && errorCode === 0) return { kind: 'ok', body: answer.body };
      const isTokenRefused = errorCode === TOKEN_REFUSED || answer.status === 401;
      if (!isTokenRefused || !this.#tokens.refuse(token)) {
        const code = typeof errorCode === 'number' ? `, errorCode ${errorCode}` : '';
        const reason = `Fxiaoke answered ${answer.status}${code}`;
        // No list of its codes says which are for good, so each is tried again; the notifier gives up in the end.
        return { kind: 'later', afterMs: answer.retryAfterMs ?? LATER_MS, reason };
      }
    }
  }

  #post(path: string, token: FxiaokeToken, body: object): Promise<JsonAnswer> {
    return callJson(this.#traced(path), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.accessToken}`,
        'content-type': 'application/json',
        'x-fs-ea': token.ea,
        'x-fs-userid': this.#settings.employeeId,
      },
      body: JSON.stringify(body),
    });
  }

  async #fetchToken() {
    const { appId, appSecret, refreshToken } = this.#settings;
    const { body } = await callJson(this.#traced('/oauth2.0/token'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ appId, appSecret, grantType: 'refresh_token', refreshToken }),
    });
    const { errorCode, accessToken, ea, expiresIn } = body;
    if (errorCode !== 0 || typeof accessToken !== 'string' || typeof ea !== 'string') {
      throw new NoToken(errorCode);
    }
    const expiresInMs = (typeof expiresIn === 'number' ? expiresIn : 7_200) * 1_000;
    return { value: { accessToken, ea }, expiresInMs };
  }

  /** The trace id has to differ on each request; it is no key by which repeats were known. */
  #traced(path: string): URL {
    const url = new URL(path, this.#settings.baseUrl);
    url.searchParams.set('thirdTraceId', randomUUID());
    return url;
  }
}

class NoToken extends Error {
  constructor(errorCode: unknown) {
    const code = typeof errorCode === 'number' ? ` (errorCode ${errorCode})` : '';
    super(`Fxiaoke gave no access token${code}; check app and refresh token.`);
    this.name = 'NoToken';
  }
}

function queryOf(field: string, customerId: string): object {
  return {
    data: {
      dataObjectApiName: 'AccountObj',
      find_explicit_total_num: false,
      search_query_info: {
        limit: 2,
        offset: 0,
        filters: [{ field_name: field, field_values: [customerId], operator: 'EQ' }],
        fieldProjection: ['_id', field],
      },
    },
  };
}

/** `triggerApprovalFlow` is true where it is left out, and would put each tier change into an approval. */
function updateOf(
  recordId: string,
  tier: { readonly field: string; readonly value: string; readonly isNews: boolean },
): object {
  return {
    triggerWorkFlow: tier.isNews,
    triggerApprovalFlow: false,
    data: {
      object_data: { _id: recordId, dataObjectApiName: 'AccountObj', [tier.field]: tier.value },
      optionInfo: { isDuplicateSearch: false, useValidationRule: false, skipFuncValidate: false },
    },
  };
}
