import { CAUSE_KINDS, TIER_CHANGE_TYPES, type TierChange } from '@strata/domain';

export interface ChangeCount {
  readonly type: TierChange['type'];
  readonly cause: TierChange['cause']['kind'];
  readonly count: number;
}

/** How many changes of each type came from which cause. */
export class ChangeCounts {
  readonly #counts = new Map<string, number>();

  add({ type, cause }: Pick<TierChange, 'type' | 'cause'>): void {
    const key = `${type} ${cause.kind}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  of(type: TierChange['type'], cause: TierChange['cause']['kind']): number {
    return this.#counts.get(`${type} ${cause}`) ?? 0;
  }

  /** In the order of the glossary, not of chance. */
  list(): readonly ChangeCount[] {
    return TIER_CHANGE_TYPES.flatMap((type) =>
      CAUSE_KINDS.flatMap((cause) => {
        const count = this.#counts.get(`${type} ${cause}`);
        return count === undefined ? [] : [{ type, cause, count }];
      }),
    );
  }
}
