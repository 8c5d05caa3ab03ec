import type { DeliveryQueue } from '@strata/pipeline';

/** What an endpoint's trouble is noted under, in the queue's store: all notifiers share it. */
const PREFIX = 'failing:';

/**
 * Since when endpoints have taken nothing. One success ends it, of whichever process; so before anything is made of it
 * the notes are read anew.
 */
export class EndpointHealth {
  readonly #queue: Pick<DeliveryQueue, 'notes' | 'storeNote'>;
  #failingSince: ReadonlyMap<string, string> = new Map();

  constructor(queue: Pick<DeliveryQueue, 'notes' | 'storeNote'>) {
    this.#queue = queue;
  }

  /** Reads what all processes have noted. */
  async refresh(): Promise<void> {
    const notes = [...(await this.#queue.notes())];
    this.#failingSince = new Map(
      notes.flatMap(([name, since]) =>
        name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), since] as const] : [],
      ),
    );
  }

  async taken(endpoint: string): Promise<void> {
    await this.forget(endpoint);
  }

  /** Trouble of before is none of whoever is put back: it has as long as anybody to take something. */
  async forget(endpoint: string): Promise<void> {
    const since = this.#failingSince.get(endpoint);
    if (since === undefined) return;
    await this.#queue.storeNote(`${PREFIX}${endpoint}`, null, { before: since });
    await this.refresh();
  }

  async failed(endpoint: string, nowMs: number): Promise<void> {
    if (this.#failingSince.has(endpoint)) return;
    await this.#queue.storeNote(`${PREFIX}${endpoint}`, String(nowMs), { before: null });
    await this.refresh();
  }

  /** By endpoint, in epoch milliseconds. */
  failingSince(): ReadonlyMap<string, number> {
    return new Map([...this.#failingSince].map(([name, since]) => [name, Number(since)]));
  }
}
