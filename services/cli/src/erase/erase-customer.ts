import { erasureControlToJson, TOPICS } from '@strata/contracts';
import { type Erased, type Erasure, NEW_CUSTOMER } from '@strata/domain';
import { tpKey } from '@strata/pipeline';
import { viewPartition, viewPartitions, viewSome } from '@strata/shard-state';
import { openCustomer } from '@strata/state-codec';
import type { Text } from '../messages/texts.ts';
import { partitionOfCustomer } from '../stack/send-decision.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { until } from '../until.ts';
import { countLetters } from './count-letters.ts';
import { erasureFault, GO_ON, STAGES } from './texts.ts';

export interface ErasedTraces {
  /** Where the decision lies, and how far it reaches. */
  readonly erasure: Erasure;
  readonly partition: number;
  readonly states: number;
  readonly pages: number;
  /** Other names that the customer had, by merges: they are erased with it. */
  readonly aliases: readonly string[];
  readonly letters: number;
  readonly deliveries: number;
  /** Letters in which nobody could be found. */
  readonly unnamedLetters: number;
  /** Whether anybody outside had been told a tier. */
  readonly wasTold: boolean;
}

export interface EraseOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onStage: (what: Text) => void;
}

/** Sends the decision, and answers when nothing of the customer is left where it reaches. */
export async function eraseCustomer(
  stack: StackHandle,
  record: Erased,
  options: EraseOptions,
): Promise<ErasedTraces> {
  return new Erasing(stack, record, options).run();
}

class Erasing {
  readonly #stack: StackHandle;
  readonly #record: Erased;
  readonly #options: EraseOptions;
  readonly #partition: number;
  readonly #marker: string;
  readonly #endsAtMs: number;

  constructor(stack: StackHandle, record: Erased, options: EraseOptions) {
    this.#stack = stack;
    this.#record = record;
    this.#options = options;
    this.#partition = this.#partitionOf(record.customerId);
    this.#marker = stack.markerOf(record.customerId);
    this.#endsAtMs = performance.now() + options.timeoutMs;
  }

  async run(): Promise<ErasedTraces> {
    const before = await this.#state();
    const names = [this.#record.customerId, ...before.aliases];
    const markers = names.map((name) => this.#stack.markerOf(name));
    const letters = await countLetters(this.#stack, { markers, erasure: null });
    const deliveries = await this.#deliveriesAbout(names);
    await this.#send();

    const erasure = await this.#folded();
    await this.#published(this.#partition);
    await this.#wait('forgotten', await this.#allFolded());
    for (const alias of before.aliases) await this.#published(this.#partitionOf(alias));
    const wasTold = erasure.seq > 0;
    if (wasTold) for (const name of names) await this.#delivered(name);
    let left = letters;
    await this.#wait('letters', async () => {
      left = await countLetters(this.#stack, { markers, erasure });
      return left.own === 0;
    });
    return {
      erasure,
      partition: this.#partition,
      ...before,
      letters: letters.own,
      deliveries,
      unnamedLetters: left.unnamed,
      wasTold,
    };
  }

  #partitionOf(customerId: string): number {
    return partitionOfCustomer(this.#stack, customerId);
  }

  /** What the fold would refuse as a dead letter is refused here, with what to do. */
  async #state(): Promise<Pick<ErasedTraces, 'states' | 'pages' | 'aliases'>> {
    const { customerId } = this.#record;
    const [value] = await this.#stack.store.load(this.#partition, [customerId]);
    if (value === null || value === undefined) return { states: 0, pages: 0, aliases: [] };
    const read = await viewSome(this.#stack.store, this.#partition, [customerId]);
    const { alias, reservation, links = [], absorbed = [] } = read.get(customerId) ?? NEW_CUSTOMER;
    if (alias !== undefined) throw erasureFault('alias', alias.survivorId);
    const pending = reservation ?? links[0];
    if (pending !== undefined) throw erasureFault('merging', pending.otherId);
    const aliases = absorbed.map((it) => it.customerId);
    return { states: 1 + aliases.length, pages: openCustomer(value).pages.length, aliases };
  }

  async #deliveriesAbout(names: readonly string[]): Promise<number> {
    return this.#stack.lookAtDeliveries(async (queue) => {
      let count = 0;
      for (const name of names) count += await queue.countAbout(name);
      return count;
    });
  }

  async #send(): Promise<void> {
    const encoder = new TextEncoder();
    await this.#stack.writer.send([
      {
        topic: TOPICS.events,
        partition: this.#partition,
        key: keyOf(this.#record),
        value: encoder.encode(JSON.stringify(erasureControlToJson(this.#record))),
        headers: { 'content-type': encoder.encode('application/json') },
      },
    ]);
  }

  async #folded(): Promise<Erasure> {
    let found: Erasure | undefined;
    await this.#wait('folded', async () => {
      const { state } = await viewPartition(this.#stack.store, this.#partition);
      found = state.erasures.byMarker.get(this.#marker);
      return found?.ids.includes(this.#record.id) === true;
    });
    return found as Erasure;
  }

  /** By position: whatever is written meanwhile is not waited for. */
  async #published(partition: number): Promise<void> {
    const { store } = this.#stack;
    const { ledger } = await viewPartition(store, partition);
    const last = ledger?.position ?? 0;
    await this.#wait('published', async () => {
      const [next] = await store.outbox({ partition, afterPosition: 0, limit: 1 });
      return next === undefined || next.position > last;
    });
  }

  /** What the partition has told others lies below the present ends of the log. */
  async #allFolded(): Promise<() => Promise<boolean>> {
    const { reader, store, partitions } = this.#stack;
    const bounds = await reader.bounds(TOPICS.customerLog);
    return async () => {
      const views = await viewPartitions(store, partitions);
      return views.every(({ next }, partition) => next >= (bounds[partition]?.end ?? 0));
    };
  }

  async #delivered(customerId: string): Promise<void> {
    const partition = this.#partitionOf(customerId);
    const place = { topic: TOPICS.tierChanges, partition };
    const tail = (await this.#stack.reader.tails([place])).get(tpKey(place)) ?? null;
    await this.#stack.lookAtDeliveries((queue) =>
      this.#wait('deliveries', async () => {
        const position = await queue.position(partition);
        if ((position?.offset ?? 0) <= (tail?.offset ?? -1)) return false;
        return (await queue.countAbout(customerId)) === 0;
      }),
    );
  }

  async #wait(stage: keyof typeof STAGES, isDone: () => Promise<boolean>): Promise<void> {
    const { signal, onStage } = this.#options;
    onStage(STAGES[stage]);
    await until(async () => ({ isDone: await isDone(), progress: 0 }), {
      what: STAGES[stage],
      remedy: GO_ON,
      patienceMs: Math.max(0, this.#endsAtMs - performance.now()),
      signal,
    });
  }
}

const keyOf = ({ customerId }: Erased): Uint8Array => new TextEncoder().encode(customerId);
