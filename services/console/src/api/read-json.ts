import type { IncomingMessage } from 'node:http';
import { parseStrictJson } from '@strata/contracts';

export type JsonBody =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'body-too-large' | 'unsupported-type' | 'not-json' | 'aborted' };

/** Reads a JSON body of bounded size; what is too large is not held. */
export async function readJson(request: IncomingMessage, bytesMax: number): Promise<JsonBody> {
  if (!isPlainJson(request)) return { kind: 'unsupported-type' };
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return { kind: 'body-too-large' };
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Not destroyed where reading ends early: the answer still has to go out.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece = chunk as Buffer;
      bytes += piece.length;
      if (bytes > bytesMax) return { kind: 'body-too-large' };
      chunks.push(piece);
    }
  } catch {
    // The client went away in the middle: nobody hears the answer.
    return { kind: 'aborted' };
  }
  try {
    return { kind: 'value', value: parseStrictJson(Buffer.concat(chunks, bytes), bytesMax) };
  } catch {
    return { kind: 'not-json' };
  }
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  const encoding = headers['content-encoding'] ?? 'identity';
  return type === 'application/json' && isUtf8 && encoding === 'identity';
}
