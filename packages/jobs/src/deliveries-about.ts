import type { DeliveryJob } from '@strata/pipeline';
import type { Redis } from 'ioredis';
import type { JobBody } from './bull-endpoint.ts';
import { during, repliesOf } from './delivery-connection.ts';

/** Keys in one step of a scan. */
const SCAN_KEYS = 500;

/**
 * The jobs of a queue about a subject, whatever became of them: erasing is rare, and an index would have to be kept for
 * every job. A scan of the keys sees every job that is there throughout, however often it moves between lists. `prefix`
 * stands before the id in the key of a job.
 */
export async function* deliveriesAbout(
  redis: Redis,
  prefix: string,
  subject: string,
): AsyncGenerator<readonly DeliveryJob[]> {
  const pattern = `${globLiteral(prefix)}*`;
  for (let cursor = '0'; ; ) {
    const [next, keys] = await during('looking through the deliveries', () =>
      redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_KEYS, 'TYPE', 'hash'),
    );
    const reading = redis.pipeline();
    for (const key of keys) reading.hget(key, 'data');
    const replies = await during('looking through the deliveries', () => repliesOf(reading));
    yield keys.flatMap((key, index) => {
      const data = replies[index];
      if (typeof data !== 'string') return [];
      const body = JSON.parse(data) as JobBody;
      return body.subject === subject ? [{ ...body, id: key.slice(prefix.length) }] : [];
    });
    cursor = next;
    if (cursor === '0') return;
  }
}

/** A text as a pattern of Redis that matches nothing else. */
function globLiteral(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, String.raw`\$&`);
}
