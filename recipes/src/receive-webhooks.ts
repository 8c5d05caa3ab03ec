import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { SeenStore, WebhookReader } from '@strata/client';
import type { TierWriter, WriteOutcome } from './tier-writer.ts';

export interface ReceiverParts {
  readonly reader: WebhookReader;
  readonly seen: SeenStore;
  readonly writer: TierWriter;
  /** A line for the log of the process; names no customer. */
  readonly note: (line: string) => void;
}

const BODY_BYTES_MAX = 1024 * 1024;

/** Leaves the mark where it is: the webhook comes again, or somebody mends what it says. */
class NotWritten extends Error {
  readonly outcome: Exclude<WriteOutcome, { kind: 'written' }>;

  constructor(outcome: NotWritten['outcome']) {
    super(outcome.reason);
    this.name = 'NotWritten';
    this.outcome = outcome;
  }
}

/**
 * Answers a webhook once the other system has taken it. So no queue is needed here: what could not
 * be written is answered by 503 with `Retry-After`, and the notifier keeps it and comes again.
 */
export function receiver(parts: ReceiverParts): RequestListener {
  return (request, response) => {
    answerTo(request, parts).then(
      ({ status, retryAfterMs }) => {
        const seconds = retryAfterMs === undefined ? null : Math.ceil(retryAfterMs / 1_000);
        response.writeHead(status, seconds === null ? {} : { 'retry-after': String(seconds) });
        response.end();
      },
      (fault: unknown) => {
        parts.note(`A webhook could not be taken: ${String(fault)}`);
        response.writeHead(500).end();
      },
    );
  };
}

export function startReceiver(parts: ReceiverParts, port: number): Server {
  return createServer(receiver(parts)).listen(port);
}

async function answerTo(
  request: IncomingMessage,
  { reader, seen, writer, note }: ReceiverParts,
): Promise<{ readonly status: number; readonly retryAfterMs?: number }> {
  if (request.method !== 'POST') return { status: 405 };
  const body = await bodyOf(request);
  if (body === null) return { status: 413 };
  const webhook = reader.read(request.headers, body);
  if (webhook.kind === 'refused') {
    note(`A webhook was refused (${webhook.code}): ${webhook.reason}`);
    return { status: webhook.status };
  }
  if (webhook.kind === 'other') return { status: 204 };
  const { change } = webhook;
  try {
    await seen.takeIfNewer(change, async () => {
      const outcome = await writer.write(change);
      if (outcome.kind !== 'written') throw new NotWritten(outcome);
    });
    return { status: 204 };
  } catch (fault) {
    if (!(fault instanceof NotWritten)) throw fault;
    note(`Tier change ${change.id} was not written: ${fault.message}`);
    const { outcome } = fault;
    return outcome.kind === 'later'
      ? { status: 503, retryAfterMs: outcome.afterMs }
      : { status: 422 };
  }
}

/** Null where it is larger than any webhook of Strata. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return bytes > BODY_BYTES_MAX ? null : Buffer.concat(chunks);
}
