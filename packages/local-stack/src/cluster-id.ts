import { randomUUID } from 'node:crypto';

/**
 * A new KRaft cluster id: a UUID in URL-safe base64. One that began with a dash would be read as an option by Kafka's
 * storage tool, so it is drawn again, as Kafka's own generator does (`Uuid.randomUuid`).
 */
export function newClusterId(draw: () => string = randomUUID): string {
  for (;;) {
    const id = Buffer.from(draw().replaceAll('-', ''), 'hex').toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
