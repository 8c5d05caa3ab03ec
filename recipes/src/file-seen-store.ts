import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type CustomerMark, InMemorySeenStore, type SeenStore, type Taken } from '@strata/client';

const UPSERT = `
INSERT INTO seen (customer_id, customer_seq) VALUES (:customerId, :customerSeq)
ON CONFLICT (customer_id) DO UPDATE SET customer_seq = excluded.customer_seq
WHERE seen.customer_seq < excluded.customer_seq`;

/**
 * Marks in an SQLite file, for effects in another system, which no transaction of ours reaches: the
 * effect comes first, the mark after it. A crash in between writes the same tier once more, which
 * changes nothing; the other way round it would be lost. One process per file.
 */
export class FileSeenStore implements SeenStore {
  readonly #database: DatabaseSync;
  readonly #read: StatementSync;
  readonly #move: StatementSync;
  /** Two webhooks of one customer wait for each other here. */
  readonly #turns = new InMemorySeenStore();

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS seen (customer_id TEXT PRIMARY KEY, customer_seq INTEGER NOT NULL)',
    );
    this.#read = this.#database.prepare('SELECT customer_seq FROM seen WHERE customer_id = ?');
    this.#move = this.#database.prepare(UPSERT);
  }

  async takeIfNewer(mark: CustomerMark, effect: () => Promise<void> | void): Promise<Taken> {
    const { customerId, customerSeq } = mark;
    let taken: Taken = 'not-newer';
    await this.#turns.takeIfNewer({ customerId, customerSeq }, async () => {
      const stored = this.#read.get(customerId)?.['customer_seq'] ?? 0;
      if (customerSeq <= Number(stored)) return;
      await effect();
      this.#move.run({ customerId, customerSeq });
      taken = 'taken';
    });
    return taken;
  }

  close(): void {
    this.#database.close();
  }
}
