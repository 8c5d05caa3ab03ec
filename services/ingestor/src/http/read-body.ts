import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Share } from './in-flight.ts';

const unpack = promisify(gunzip);

export type Body =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | {
      readonly kind: 'fault';
      readonly name: 'body-too-large' | 'broken-body' | 'empty-body' | 'busy' | 'aborted';
    };

/**
 * Reads a body of bounded size, packed or not. What it holds in memory is taken from the share
 * before it is held, so many slow or large requests at once cannot fill the memory.
 */
export async function readBody(
  request: IncomingMessage,
  limits: { readonly isGzip: boolean; readonly bytesMax: number; readonly share: Share },
): Promise<Body> {
  const { isGzip, bytesMax, share } = limits;
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return fault('body-too-large');
  const body = await gather(request, limits);
  if (body.kind === 'fault') return body;
  if (body.bytes.length === 0) return fault('empty-body');
  if (!isGzip) return body;
  // Unpacking may need all that is allowed, whatever the packed bytes are.
  if (!share.resize(body.bytes.length + bytesMax)) return fault('busy');
  try {
    const bytes = await unpack(body.bytes, { maxOutputLength: bytesMax });
    share.resize(bytes.length);
    return bytes.length === 0 ? fault('empty-body') : { kind: 'body', bytes };
  } catch (error) {
    const isBomb = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return fault(isBomb ? 'body-too-large' : 'broken-body');
  }
}

async function gather(
  request: IncomingMessage,
  { bytesMax, share }: { readonly bytesMax: number; readonly share: Share },
): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Not destroyed where reading ends early: the answer still has to go out.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece = chunk as Buffer;
      bytes += piece.length;
      if (bytes > bytesMax) return fault('body-too-large');
      if (!share.resize(bytes)) return fault('busy');
      chunks.push(piece);
    }
  } catch {
    // The client went away in the middle: nobody hears the answer.
    return fault('aborted');
  }
  return { kind: 'body', bytes: Buffer.concat(chunks, bytes) };
}

function fault(name: Exclude<Body, { kind: 'body' }>['name']): Body {
  return { kind: 'fault', name };
}
