import { ContractFault, logRecordFromWire, TOPICS } from '@strata/contracts';
import { type CustomerState, customersOf, type Instant } from '@strata/domain';
import { SerdeFault } from '@strata/pipeline';
import {
  type LogAsked,
  type NamedByLog,
  readWhole,
  type WholePartition,
} from '@strata/shard-state';
import { CliFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { type SpooledPartition, StateSpool } from './state-spool.ts';
import { calibrateTexts } from './texts.ts';

/** One partition as one commit left it. */
export interface PartitionPicture extends WholePartition {
  readonly spooled: SpooledPartition;
}

/** Everybody on a stack, each partition by itself as of one commit. */
export interface StackPicture {
  readonly partitions: readonly PartitionPicture[];
  readonly customers: number;
  /** The latest clock of any partition and any customer: nobody has settled anything beyond. */
  readonly at: Instant;
  /** Forgets everybody. */
  close(): void;
}

type ReadStack = Pick<StackHandle, 'store' | 'reader' | 'serdes' | 'partitions'>;

/** Reads a whole stack while it goes on. What it holds of customers lies in a file without a name, not in memory. */
export async function readStack(stack: ReadStack, context: CommandContext): Promise<StackPicture> {
  const words = calibrateTexts(context.language);
  const spool = new StateSpool();
  try {
    const total = await customersOn(stack);
    let read = 0;
    const progress = new Progress({
      context,
      label: words.reading,
      unit: words.customers,
      share: () => read / Math.max(1, total),
    });
    const partitions: PartitionPicture[] = [];
    let at = Number.NEGATIVE_INFINITY;
    for (let partition = 0; partition < stack.partitions; partition += 1) {
      const kept = clocked(spool.begin());
      const whole = await readWhole({
        store: stack.store,
        partition,
        kept,
        namedFrom: (asked) => namedFrom(stack, partition, asked),
        signal: context.signal,
        onCustomers: (count) => {
          read += count;
          progress.advance(count);
        },
      });
      if (whole === null) throw new CliFault('STRATA_CLI_NOT_STILL', words.restless(partition));
      // A calibration holds from the last clock mark on: somebody ahead of it would be judged where it stands, and nobody
      // could say when the borders moved for it.
      if (whole.state.time === 'data' && kept.clock > whole.state.clock) {
        throw new CliFault('STRATA_CLI_CLOCKS_APART', words.clocksApart);
      }
      partitions.push({ ...whole, spooled: kept.seal() });
      at = Math.max(at, whole.state.clock, kept.clock);
    }
    progress.end();
    const customers = partitions.reduce((sum, { spooled }) => sum + spooled.size, 0);
    return { partitions, customers, at, close: () => spool.close() };
  } catch (error) {
    spool.close();
    throw error;
  }
}

async function customersOn({ store, partitions }: ReadStack): Promise<number> {
  const all = Array.from({ length: partitions }, (_, partition) => store.inspect(partition));
  return (await Promise.all(all)).reduce((sum, { customerCount }) => sum + customerCount, 0);
}

/** Also knows the latest clock of anybody. Who left may have been later: then the instant is later than it has to be. */
function clocked(writer: ReturnType<StateSpool['begin']>) {
  return {
    clock: Number.NEGATIVE_INFINITY,
    get size(): number {
      return writer.size;
    },
    put(customerId: string, state: CustomerState | null): void {
      if (state !== null) this.clock = Math.max(this.clock, state.clock);
      writer.put(customerId, state);
    },
    clear(): void {
      this.clock = Number.NEGATIVE_INFINITY;
      writer.clear();
    },
    seal: () => writer.seal(),
  };
}

/** How far the log is read ahead of the owner at most: one answer of the broker, which costs as much as one record. */
const AHEAD_RECORDS = 5_000;

async function namedFrom(
  stack: ReadStack,
  partition: number,
  { from, atLeast, customersMax }: LogAsked,
): Promise<NamedByLog> {
  const { reader, serdes } = stack;
  const { end = from } = (await reader.bounds(TOPICS.customerLog))[partition] ?? {};
  const stop = Math.max(atLeast, Math.min(end, atLeast + AHEAD_RECORDS));
  const customerIds = new Set<string>();
  if (stop === from) return { customerIds, upTo: stop };
  for await (const batch of reader.read(
    { topic: TOPICS.customerLog, partition, offset: from },
    stop,
  )) {
    await serdes.prepare(batch);
    for (const { offset, value } of batch) {
      const named = namedBy(stack, value);
      if (offset >= atLeast && customerIds.size + named.length > customersMax) {
        return { customerIds, upTo: offset };
      }
      for (const customerId of named) customerIds.add(customerId);
    }
  }
  return { customerIds, upTo: stop };
}

/** One that cannot be read did nothing to anybody: it became a dead letter. */
function namedBy({ serdes }: ReadStack, value: Uint8Array | null): readonly string[] {
  try {
    return customersOf(logRecordFromWire(serdes.customerLog.decode(value ?? new Uint8Array())));
  } catch (error) {
    if (error instanceof ContractFault || error instanceof SerdeFault) return [];
    throw error;
  }
}
