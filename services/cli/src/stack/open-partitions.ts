import { formatRfc3339, logRecordFromWire, logRecordToWire, TOPICS } from '@strata/contracts';
import {
  type Instant,
  LEDGER_HORIZON_DAYS_DEFAULT,
  type StackOpened,
  type TimeMode,
} from '@strata/domain';
import { BilingualFault } from '../cli-fault.ts';
import { findLive } from './find-live.ts';
import type { StackHandle } from './stack-handle.ts';

type OpenedStack = Pick<StackHandle, 'reader' | 'writer' | 'serdes' | 'store' | 'identity'>;

/**
 * Writes the first record of every partition of the customer log that has none: what holds for the life of the
 * stack. A stack that was opened before keeps what it was opened with, save that it may have gone live since, and is
 * refused under another kind of time.
 */
export async function openPartitions(stack: OpenedStack, time: TimeMode): Promise<number> {
  const { reader, writer, serdes, identity } = stack;
  const bounds = await reader.bounds(TOPICS.customerLog);
  const opened: StackOpened = {
    kind: 'stack-opened',
    time,
    partitions: bounds.length,
    ledgerHorizonDays: LEDGER_HORIZON_DAYS_DEFAULT,
    ...(identity.pseudonyms === null ? {} : { pseudonymKeyId: identity.pseudonyms.keyId }),
  };
  const value = serdes.customerLog.encode(logRecordToWire(opened));
  const empty = bounds.flatMap(({ end }, partition) => (end === 0 ? [partition] : []));
  for (const partition of empty) {
    await writer.send([{ topic: TOPICS.customerLog, partition, key: null, value, headers: {} }]);
  }
  if (empty.length < bounds.length) await requireSame(stack, opened);
  return bounds.length;
}

async function requireSame(stack: OpenedStack, wanted: StackOpened): Promise<void> {
  const found = await firstRecord(stack);
  if (found === null) return;
  if (found.pseudonymKeyId !== wanted.pseudonymKeyId) throw otherKey(found, wanted);
  // A stack that went live and whose commands do not know it yet would be told that data time goes on.
  const live = found.time === 'data' ? await findLive(stack, 0) : null;
  if ((live === null ? found.time : 'wall') === wanted.time) return;
  if (live !== null) throw isLive(live.at);
  throw new BilingualFault('STRATA_STACK_OTHER_TIME', {
    en:
      `This stack was opened with --time ${found.time} and keeps it: start it with --time ${found.time}, or start a ` +
      'new one with --fresh. From data to wall time it comes by ./strata go-live.',
    zh:
      `该栈以 --time ${found.time} 建立，不会改变：请以 --time ${found.time} 启动，或用 --fresh 启动新栈。` +
      '从 data 时间转为 wall 时间请用 ./strata go-live。',
  });
}

function isLive(at: Instant): BilingualFault {
  const since = formatRfc3339(at);
  return new BilingualFault('STRATA_STACK_OTHER_TIME', {
    en: `This stack went live at ${since} and runs on wall time since: start it with --time wall.`,
    zh: `该栈已于 ${since} 上线，此后以 wall 时间运行：请以 --time wall 启动。`,
  });
}

/** How the stack was opened, null where the log's first records are gone. */
async function firstRecord({
  reader,
  serdes,
}: Pick<StackHandle, 'reader' | 'serdes'>): Promise<StackOpened | null> {
  const from = { topic: TOPICS.customerLog, partition: 0, offset: 0 };
  for await (const batch of reader.read(from, 1)) {
    await serdes.prepare(batch);
    for (const { value } of batch) {
      if (value === null) continue;
      const record = logRecordFromWire(serdes.customerLog.decode(value));
      return record.kind === 'stack-opened' ? record : null;
    }
  }
  return null;
}

function otherKey(found: StackOpened, wanted: StackOpened): BilingualFault {
  const [was, is] = [found, wanted].map(({ pseudonymKeyId }) => pseudonymKeyId ?? '-');
  return new BilingualFault('STRATA_STACK_OTHER_PSEUDONYM_KEY', {
    en:
      `The customers of this stack stand under the names that it was opened with (pseudonym key ${was}, given ${is}): ` +
      'start it with STRATA_INGESTOR_PSEUDONYM_KEY as it was, or start a new one with --fresh.',
    zh:
      `该栈的客户沿用建栈时的名称（假名密钥 ${was}，当前给出 ${is}）：` +
      '请以原来的 STRATA_INGESTOR_PSEUDONYM_KEY 启动，或用 --fresh 启动新栈。',
  });
}
