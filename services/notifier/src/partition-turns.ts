/** Work on one partition, one piece after the other: the common reader and the feeding of backlogs take turns. */
export class PartitionTurns {
  readonly #last = new Map<number, Promise<unknown>>();

  async take<T>(partition: number, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(partition) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.#last.set(partition, settled);
    return mine;
  }
}
