/** How often something happened, by name. */
export class Tally {
  readonly counts = new Map<string, number>();

  add(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  take(counts: Iterable<readonly [name: string, times: number]>): void {
    for (const [name, times] of counts) this.add(name, times);
  }
}
