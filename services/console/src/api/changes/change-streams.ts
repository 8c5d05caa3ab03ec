import type { IncomingMessage, ServerResponse } from 'node:http';
import { TOPICS } from '@strata/contracts';
import type { Logger, LogReader } from '@strata/pipeline';
import { type ApiKey, faultPlace, type RingKey } from '@strata/service-runtime';
import type { ApiMetrics } from '../api-metrics.ts';
import type { ChangeFilter } from './change-filter.ts';
import { ChangeStream } from './change-stream.ts';
import type { ChangeTail } from './change-tail.ts';
import { parseResumePoint, type ResumePoint } from './resume-point.ts';

export interface ChangeStreamsParts {
  readonly tail: ChangeTail;
  readonly log: Pick<LogReader, 'bounds' | 'read'>;
  /** Whether the tail is still being read from its start. */
  readonly isCatchingUp: () => boolean;
  readonly holdsKey: (key: RingKey<ApiKey>) => boolean;
  readonly metrics: Pick<ApiMetrics, 'streams' | 'streamsEnded' | 'requests'>;
  readonly logger: Logger;
  readonly streamsMax: number;
  readonly patienceMs: number;
  readonly heartbeatMs: number;
}

/** From where a reader wants to read. */
export type StreamStart =
  | { readonly kind: 'now' }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'after'; readonly text: string };

export type StartRefusal = 'too-many-streams' | 'catching-up' | 'bad-resume-point' | 'gone';

interface Open {
  readonly stream: ChangeStream;
  readonly key: RingKey<ApiKey> | null;
}

/** All open streams: how many there may be, their heartbeats, and their end with the console or with their key. */
export class ChangeStreams {
  readonly #parts: ChangeStreamsParts;
  readonly #open = new Set<Open>();
  readonly #timer: NodeJS.Timeout;
  #starting = 0;

  constructor(parts: ChangeStreamsParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#beat(), parts.heartbeatMs);
    this.#timer.unref();
  }

  /** Takes the place of a stream; to be given back where it does not open. */
  async startPoint(start: StreamStart): Promise<ResumePoint | StartRefusal> {
    const { tail, log, isCatchingUp, streamsMax } = this.#parts;
    if (this.#open.size + this.#starting >= streamsMax) return 'too-many-streams';
    const { partitions } = tail;
    if (start.kind === 'now') {
      if (isCatchingUp()) return 'catching-up';
      return Array.from({ length: partitions }, (_, partition) => ({
        next: tail.nextOf(partition),
        last: tail.lastOf(partition),
      }));
    }
    const wanted = start.kind === 'after' ? parseResumePoint(start.text, partitions) : null;
    if (start.kind === 'after' && wanted === null) return 'bad-resume-point';
    this.#starting += 1;
    try {
      const bounds = await log.bounds(TOPICS.tierChanges);
      if (wanted === null) return bounds.map(({ start: next }) => ({ next, last: null }));
      if (wanted.some(({ next }, partition) => next < (bounds[partition]?.start ?? 0))) {
        return 'gone';
      }
      // A point of the future is one of another stack.
      const isAhead = wanted.some(({ next }, partition) => next > (bounds[partition]?.end ?? 0));
      return isAhead ? 'bad-resume-point' : wanted;
    } finally {
      this.#starting -= 1;
    }
  }

  /** Runs on its own from here on; the response is the stream's. */
  open(
    { response, request }: { readonly response: ServerResponse; readonly request: IncomingMessage },
    how: {
      readonly from: ResumePoint;
      readonly filter: ChangeFilter;
      readonly key: RingKey<ApiKey> | null;
    },
  ): void {
    const { tail, log, patienceMs, metrics, logger } = this.#parts;
    const { from, filter, key } = how;
    request.socket.setTimeout(0);
    request.socket.setNoDelay(true);
    response.writeHead(200, STREAM_HEADERS);
    metrics.requests.inc({ route: STREAM_PATH, status: '200' });
    const stream = new ChangeStream({ tail, log, response, filter, from, patienceMs });
    const open = { stream, key };
    this.#open.add(open);
    metrics.streams.set(this.#open.size);
    stream
      .run()
      .then((why) => metrics.streamsEnded.inc({ reason: why ?? 'reader-left' }))
      .catch((error: unknown) => {
        metrics.streamsEnded.inc({ reason: 'failed' });
        logger.error({ fault: faultPlace(error) }, 'A stream of tier changes failed');
      })
      .finally(() => {
        this.#open.delete(open);
        metrics.streams.set(this.#open.size);
      });
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { stream } of this.#open) stream.end('stopping');
  }

  #beat(): void {
    for (const { stream, key } of this.#open) {
      if (key !== null && !this.#parts.holdsKey(key)) stream.end('key-removed');
      else stream.heartbeat();
    }
  }
}

export const STREAM_PATH = '/v1/tier-changes/stream';

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;
