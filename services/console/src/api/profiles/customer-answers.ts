import type { IncomingHttpHeaders } from 'node:http';
import type { Language } from '../../texts.ts';
import { type ApiAnswer, problem } from '../answer.ts';
import type { ApiMetrics } from '../api-metrics.ts';
import type { FoundCustomer, Sought } from './find-customers.ts';
import {
  DEMAND_SENTENCE,
  type Freshness,
  type FreshnessDemand,
  freshnessBody,
  lagSecondsOf,
  notOlderThan,
} from './freshness.ts';

/** The refusal of one that was sought and is not there to be told; null where it is. */
export function refusalOf(
  sought: Exclude<Sought, FoundCustomer>,
  language: Language,
  metrics: Pick<ApiMetrics, 'refusedNotFresh'>,
): ApiAnswer {
  switch (sought.kind) {
    case 'unknown':
      return problem('no-such-customer', language, {
        members: { freshness: freshnessBody(sought.freshness) },
        headers: freshnessHeaders(sought.freshness),
      });
    case 'not-fresh':
      metrics.refusedNotFresh.inc();
      return problem('not-fresh', language, {
        members: { freshness: freshnessBody(sought.freshness) },
        headers: {
          ...freshnessHeaders(sought.freshness),
          'retry-after': String(sought.waitSeconds),
        },
      });
    case 'not-ready':
      return problem('not-ready', language, { members: { partition: sought.partition } });
  }
}

/** Beside the body, so that an answer without one (304) tells it, too. */
export function freshnessHeaders(freshness: Freshness): Readonly<Record<string, string>> {
  const { asOf, readAt, lagRecords } = freshnessBody(freshness);
  const lagSeconds = lagSecondsOf(freshness);
  const parts = [
    ...(asOf === null ? [] : [`as-of="${asOf}"`]),
    `read-at="${readAt}"`,
    ...(lagRecords === null ? [] : [`lag-records=${lagRecords}`]),
    ...(lagSeconds === null ? [] : [`lag-seconds=${lagSeconds}`]),
  ];
  return { 'strata-freshness': parts.join(', ') };
}

/** By the query, else by the header. */
export function demandOf(
  query: { readonly notOlderThan?: FreshnessDemand | undefined },
  headers: IncomingHttpHeaders,
): FreshnessDemand | null | 'bad-demand' {
  if (query.notOlderThan !== undefined) return query.notOlderThan;
  const header = headers['strata-not-older-than'];
  if (header === undefined) return null;
  return notOlderThan.safeParse(header).data ?? 'bad-demand';
}

export function badDemand(language: Language): ApiAnswer {
  const errors = [{ field: 'strata-not-older-than', message: DEMAND_SENTENCE }];
  return problem('bad-request', language, { members: { in: 'header', errors } });
}
