import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Dropped,
  type Language,
  newTraceparent,
  soundTraceparent,
  traceHeader,
  traceIdOf,
} from '@strata/contracts';
import type { Logger, OutgoingRecord } from '@strata/pipeline';
import {
  bearerToken,
  type IntakeKey,
  type RingKey as KeyOfRing,
  type KeyRing,
  type Quota,
} from '@strata/service-runtime';
import { type AdmitSettings, admit } from './admit.ts';
import { type Answer, json, problem } from './answer.ts';
import type { HttpMetrics } from './http-metrics.ts';
import type { InFlight, Share } from './in-flight.ts';
import { type LineAnswer, refusedLine } from './line-answer.ts';
import type { Publisher } from './publish.ts';
import { readBody } from './read-body.ts';
import { ACCEPTED_TYPES, type RequestForm, requestForm } from './request-form.ts';
import { type BodyLine, splitLines } from './split-lines.ts';

type RingKey = KeyOfRing<IntakeKey>;

export interface TakeEventsParts {
  readonly keys: Pick<KeyRing<IntakeKey>, 'find'>;
  readonly inFlight: InFlight;
  readonly publisher: Publisher;
  readonly metrics: HttpMetrics;
  readonly admission: AdmitSettings;
  readonly bodyBytesMax: number;
  readonly linesMax: number;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** Fields that were not let in, by kind. */
  readonly onDropped: (dropped: Dropped) => void;
}

export interface EventsRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly language: Language;
  /** The sender waits to hear that it may send the body. */
  readonly isAsking: boolean;
}

/**
 * `POST /v1/events`: who is it, may it, how much, is it sound, and is it in the log. Each step that
 * says no answers at once; an event is answered `accepted` when Kafka has acknowledged it, never
 * before. Null where nobody is left to hear an answer.
 */
export async function takeEvents(
  exchange: EventsRequest,
  parts: TakeEventsParts,
): Promise<Answer | null> {
  const { request, language } = exchange;
  const key = keyOf(request, parts);
  if (key === null) {
    const headers = { 'www-authenticate': 'Bearer realm="strata intake"' };
    return problem('unauthorized', language, { headers });
  }
  const form = requestForm(request.headers);
  if (form === 'unsupported-type') {
    return problem(form, language, { headers: { 'accept-post': ACCEPTED_TYPES } });
  }
  if (form === 'unsupported-encoding') {
    return problem(form, language, { headers: { 'accept-encoding': 'gzip' } });
  }
  const quota = key.bucket.take(0, parts.nowMs());
  if (quota.remaining < 1) return overQuota(key, key.bucket.take(1, parts.nowMs()), language);
  const share = parts.inFlight.open();
  if (share === null) return problem('busy', language);
  try {
    return await withShare(exchange, { key, form, share }, parts);
  } finally {
    share.answered();
  }
}

const TRACE_BYTES = 24;

/** One trace for all lines of a request: its sender's, or a new one where that is missing or is none. */
function traceparentIn({ headers }: IncomingMessage): string {
  const given = headers['traceparent'];
  const sound = typeof given === 'string' ? soundTraceparent(given) : null;
  return sound ?? newTraceparent(randomBytes(TRACE_BYTES));
}

function keyOf(request: IncomingMessage, { keys }: TakeEventsParts): RingKey | null {
  const token = bearerToken(request.headers.authorization);
  return token === null ? null : keys.find(token);
}

interface Granted {
  readonly key: RingKey;
  readonly form: RequestForm;
  readonly share: Share;
}

async function withShare(
  { request, response, language, isAsking }: EventsRequest,
  { key, form, share }: Granted,
  parts: TakeEventsParts,
): Promise<Answer | null> {
  const { nowMs, metrics, bodyBytesMax } = parts;
  if (isAsking) response.writeContinue();
  const body = await readBody(request, { isGzip: form.isGzip, bytesMax: bodyBytesMax, share });
  if (body.kind === 'fault') {
    if (body.name === 'aborted') return null;
    const members = body.name === 'body-too-large' ? { limit: bodyBytesMax } : {};
    return problem(body.name, language, { members });
  }
  const linesMax = Math.min(parts.linesMax, key.burst);
  const lines = form.isLines
    ? splitLines(body.bytes, linesMax)
    : [{ number: 1, bytes: body.bytes }];
  if (lines === null) return problem('too-many-lines', language, { members: { limit: linesMax } });
  if (lines.length === 0) return problem('empty-body', language);
  const quota = key.bucket.take(lines.length, nowMs());
  if (!quota.isGranted) return overQuota(key, quota, language);

  const admitted = admitAll(lines, { key, language }, parts);
  const { answers, dropped } = admitted;
  const traceparent = traceparentIn(request);
  const headers = traceHeader(traceparent);
  const records = admitted.records.map((record) => ({ ...record, headers }));
  const startedMs = nowMs();
  const outcome = await parts.publisher.publish(records, share.hold());
  metrics.seconds.observe((nowMs() - startedMs) / 1_000);
  if (outcome !== 'acknowledged') {
    return problem('not-acknowledged', language, { headers: rateLimit(key, quota) });
  }
  // Counted once they lie in the log: a request that comes again is not counted for its failed tries.
  for (const each of dropped) parts.onDropped(each);
  count(answers, key, metrics);
  const traceId = traceIdOf(traceparent);
  parts.logger.debug({ key: key.name, events: records.length, traceId }, 'Took events by HTTP');
  return answerOf(answers, { accepted: records.length, language, headers: rateLimit(key, quota) });
}

function admitAll(
  lines: readonly BodyLine[],
  { key, language }: { readonly key: RingKey; readonly language: Language },
  { admission }: TakeEventsParts,
): {
  readonly answers: readonly LineAnswer[];
  readonly records: readonly OutgoingRecord[];
  readonly dropped: readonly Dropped[];
} {
  const records: OutgoingRecord[] = [];
  const dropped: Dropped[] = [];
  const answers = lines.map(({ number, bytes }): LineAnswer => {
    const admitted = admit(bytes, key, admission);
    if (admitted.kind === 'refused') return refusedLine(number, admitted, language);
    records.push(admitted.record);
    if (admitted.dropped !== null) dropped.push(admitted.dropped);
    return { line: number, status: 'accepted' };
  });
  return { answers, records, dropped };
}

function count(answers: readonly LineAnswer[], key: RingKey, metrics: HttpMetrics): void {
  for (const answer of answers) {
    metrics.events.inc({ key: key.name, outcome: answer.status });
    if (answer.status === 'refused') metrics.refused.inc({ reason: answer.reason });
  }
}

/** 200 where all lines were accepted, 207 where some were, 422 where none was. */
function answerOf(
  lines: readonly LineAnswer[],
  {
    accepted,
    language,
    headers,
  }: {
    readonly accepted: number;
    readonly language: Language;
    readonly headers: Readonly<Record<string, string>>;
  },
): Answer {
  const members = { accepted, refused: lines.length - accepted, lines };
  if (accepted === 0) return problem('all-refused', language, { members, headers });
  const status = accepted === lines.length ? 200 : 207;
  return { ...json(status, members), headers: { ...headers, 'content-language': language } };
}

function overQuota(key: RingKey, quota: Quota, language: Language): Answer {
  const headers = { ...rateLimit(key, quota), 'retry-after': String(quota.waitSeconds) };
  return problem('quota', language, { headers });
}

/** As the IETF's draft of RateLimit fields writes a quota and what is left of it. */
function rateLimit(
  { burst, eventsPerSecond }: RingKey,
  { remaining, waitSeconds }: Quota,
): Readonly<Record<string, string>> {
  return {
    'ratelimit-policy': `"events";q=${burst};w=${Math.ceil(burst / eventsPerSecond)}`,
    ratelimit: `"events";r=${remaining};t=${waitSeconds}`,
  };
}
