/**
 * The peer of the API: node:http and ioredis, and nothing else. `GET /<customer id>` answers the bytes that the scorer keeps of a
 * customer (one HGET), `POST` with ids those of all of them (one HMGET). It decodes nothing, grades nothing and asks
 * nobody who it is, so it is what reading the state by HTTP costs at least.
 */
import { createServer, type ServerResponse } from 'node:http';
import { partitionFor } from '@strata/pipeline';
import { Redis } from 'ioredis';

const [url = '', port = '0', partitions = '1'] = process.argv.slice(2);
const redis = new Redis(url);

const keyOf = (customerId: string): string =>
  `strata:{${partitionFor(Buffer.from(customerId), Number(partitions))}}:c`;

function answer(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': body.length,
  });
  response.end(body);
}

async function one(path: string, response: ServerResponse): Promise<void> {
  const customerId = decodeURIComponent(path.slice(1));
  const value = await redis.hgetBuffer(keyOf(customerId), customerId);
  answer(response, value ?? Buffer.alloc(0));
}

async function many(text: string, response: ServerResponse): Promise<void> {
  const { ids } = JSON.parse(text) as { readonly ids: readonly string[] };
  const byKey = Map.groupBy(ids, keyOf);
  const read = await Promise.all(
    [...byKey].map(([key, names]) => redis.hmgetBuffer(key, ...names)),
  );
  answer(response, Buffer.concat(read.flat().filter((value) => value !== null)));
}

createServer((request, response) => {
  const fail = (): void => void response.writeHead(500).end();
  if (request.method === 'GET') {
    one(request.url ?? '/', response).catch(fail);
    return;
  }
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
  request.on('end', () => void many(text, response).catch(fail));
}).listen(Number(port), '127.0.0.1');
