interface Mark {
  position: number;
  readonly atMs: number;
}

/** Beyond so many a commit joins the one before it: what waits longest is told by the first. */
const MARKS_MAX = 1_000;

/** Since when the first output that is not published has waited: a mark for each commit, none for an output. */
export class OutboxAge {
  #marks: Mark[] = [];

  /** Outputs up to `position` have been committed. */
  added(position: number, nowMs: number): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && this.#marks.length >= MARKS_MAX) last.position = position;
    else this.#marks.push({ position, atMs: nowMs });
  }

  /** Outputs up to `position` are published. */
  published(position: number): void {
    const first = this.#marks.findIndex((mark) => mark.position > position);
    this.#marks = first === -1 ? [] : this.#marks.slice(first);
  }

  /** 0 where nothing waits. */
  ms(nowMs: number): number {
    const [first] = this.#marks;
    return first === undefined ? 0 : Math.max(0, nowMs - first.atMs);
  }
}
