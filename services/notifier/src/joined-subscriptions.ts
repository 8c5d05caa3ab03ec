import type { ReplayAsked, Subscription, SubscriptionSource } from './subscription.ts';

/**
 * Those of a file beside those of the topic. Where both say an id the file holds: who starts the process can take it
 * out again, and a command cannot know of it. The clash is named in the health report.
 */
export class JoinedSubscriptions implements SubscriptionSource {
  readonly #declared: SubscriptionSource;
  readonly #followed: SubscriptionSource;
  #joined: ReadonlyMap<string, Subscription>;
  #from: ReadonlyMap<string, Subscription>;

  constructor(parts: {
    readonly declared: SubscriptionSource;
    readonly followed: SubscriptionSource;
  }) {
    this.#declared = parts.declared;
    this.#followed = parts.followed;
    this.#from = this.#followed.current();
    this.#joined = new Map([...this.#from, ...this.#declared.current()]);
  }

  current(): ReadonlyMap<string, Subscription> {
    const followed = this.#followed.current();
    if (followed !== this.#from) {
      this.#from = followed;
      this.#joined = new Map([...followed, ...this.#declared.current()]);
    }
    return this.#joined;
  }

  replays(): readonly ReplayAsked[] {
    const declared = this.#declared.current();
    return this.#followed.replays().filter(({ subscription }) => !declared.has(subscription));
  }

  /** Ids that the topic says in vain. */
  clashes(): readonly string[] {
    const declared = this.#declared.current();
    return [...this.#followed.current().keys()].filter((id) => declared.has(id));
  }

  onChange(listener: () => void): () => void {
    return this.#followed.onChange(listener);
  }

  /** Only those of the topic: what a file declares stays as it is. */
  async disable(id: string, why: { readonly failingSinceMs: number }): Promise<boolean> {
    if (this.#declared.current().has(id)) return false;
    return (await this.#followed.disable?.(id, why)) ?? false;
  }

  async catchUp(): Promise<void> {
    await this.#followed.catchUp?.();
  }

  async close(): Promise<void> {
    await this.#followed.close();
    await this.#declared.close();
  }
}
