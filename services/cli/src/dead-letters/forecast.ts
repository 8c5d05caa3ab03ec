import { type DeadLetterReason, logRecordFromWire, TOPICS } from '@strata/contracts';
import { customersOf } from '@strata/domain';
import type { StackHandle } from '../stack/stack-handle.ts';
import { FoldAhead, type TierMove } from './fold-ahead.ts';
import type { WayBack } from './way-back.ts';

export interface FailingLetter {
  readonly id: string;
  readonly reason: DeadLetterReason;
  /** The field at fault, never a value. */
  readonly detail: string | null;
}

/** What would come of sending letters again, with nothing sent. */
export interface Forecast {
  readonly passing: number;
  readonly failing: readonly FailingLetter[];
  readonly moves: readonly TierMove[];
}

const CHUNK = 500;

/** Through the gate and the fold as they are now, behind the log as it is now, in the order of the redrive. */
export async function forecast(
  stack: StackHandle,
  ways: readonly WayBack[],
  watch: { readonly nowMs: number; signal: AbortSignal; onLetters: (count: number) => void },
): Promise<Forecast> {
  const ahead = new FoldAhead(stack, watch.nowMs);
  const failing: FailingLetter[] = [];
  let passing = 0;
  for (let from = 0; from < ways.length; from += CHUNK) {
    watch.signal.throwIfAborted();
    const chunk = ways.slice(from, from + CHUNK);
    const tried = await tryAll(stack, chunk);
    await loadAll(ahead, tried);
    for (const { way, steps } of tried) {
      const fault = await faultOf(ahead, way, steps);
      if (fault !== null) failing.push({ id: way.letter.id, ...fault });
      else if (way.kind === 'sent') passing += 1;
    }
    watch.onLetters(chunk.length);
  }
  return { passing, failing, moves: ahead.moves() };
}

type Step = Awaited<ReturnType<StackHandle['tryGate']>>[number];

interface Tried {
  readonly way: WayBack;
  readonly steps: readonly Step[];
}

/** What goes to the log has passed the gate before. */
async function tryAll(stack: StackHandle, ways: readonly WayBack[]): Promise<readonly Tried[]> {
  const records = ways.flatMap((way) => (way.kind === 'sent' ? way.records : []));
  const intake = records.filter(({ topic }) => topic !== TOPICS.customerLog);
  const trials = await stack.tryGate(intake);
  const steps = new Map(intake.map((record, index) => [record, trials[index]]));
  const logged = (value: Uint8Array | null) =>
    logRecordFromWire(stack.serdes.customerLog.decode(value ?? new Uint8Array()));
  return ways.map((way) => ({
    way,
    steps: (way.kind === 'sent' ? way.records : []).map((record): Step => {
      const { partition, value } = record;
      const known = steps.get(record);
      return known ?? { kind: 'passed', records: [{ partition, record: logged(value) }] };
    }),
  }));
}

async function loadAll(ahead: FoldAhead, tried: readonly Tried[]): Promise<void> {
  const wanted = new Map<number, string[]>();
  for (const { steps } of tried) {
    for (const step of steps) {
      if (step.kind !== 'passed') continue;
      for (const { partition, record } of step.records) {
        const ids = wanted.get(partition) ?? [];
        ids.push(...customersOf(record));
        wanted.set(partition, ids);
      }
    }
  }
  for (const [partition, ids] of wanted) await ahead.load(partition, ids);
}

/** The first fault of what became of the letter. What passes is folded all the same, as it would be. */
async function faultOf(
  ahead: FoldAhead,
  way: WayBack,
  steps: readonly Step[],
): Promise<Omit<FailingLetter, 'id'> | null> {
  if (way.kind === 'refused') return { reason: way.reason, detail: way.field };
  let fault: Omit<FailingLetter, 'id'> | null = null;
  for (const step of steps) {
    if (step.kind === 'refused') {
      fault ??= { reason: step.reason, detail: step.field };
      continue;
    }
    for (const { partition, record } of step.records) {
      const refused = await ahead.fold(partition, record);
      if (refused !== null) fault ??= { reason: refused.reason, detail: refused.detail };
    }
  }
  return fault;
}
