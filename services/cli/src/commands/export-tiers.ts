import { resolve } from 'node:path';
import {
  TIER_EXPORT_CSV_HEADER,
  TOPICS,
  tierExportCsvLine,
  tierExportRow,
} from '@strata/contracts';
import { activeSet, type Label } from '@strata/domain';
import { viewPartition } from '@strata/shard-state';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { readTiers } from '../export/read-tiers.ts';
import { catalogue } from '../messages/texts.ts';
import { OutFile } from '../out-file.ts';
import { Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';

const texts = catalogue({
  en: {
    reading: 'Reading',
    records: 'records',
    done: (customers: number, topic: string, offsets: string) =>
      `${customers} customers; covers ${topic} up to (partition:offset) ${offsets}`,
  },
  zh: {
    reading: '正在读取',
    records: '条记录',
    done: (customers: number, topic: string, offsets: string) =>
      `共 ${customers} 位客户；涵盖 ${topic} 至（分区:位点）${offsets}`,
  },
});

export const exportTiersCommand = defineCommand({
  name: 'export tiers',
  summary: {
    en: 'where every customer stands, for another system to import',
    zh: '导出每位客户的等级，供其他系统导入',
  },
  flags: {
    out: { kind: 'text', value: 'FILE', about: { en: 'default: stdout', zh: '默认为标准输出' } },
    format: {
      kind: 'text',
      value: 'FORMAT',
      choices: ['csv', 'ndjson'],
      about: { en: 'csv (default) or ndjson', zh: 'csv（默认）或 ndjson' },
    },
  },
  examples: ['export tiers --out tiers.csv', 'export tiers --format ndjson'],
  run: (context, { flags }) =>
    withStack(context, async (stack) => {
      const { language, stdout, stderr } = context;
      const words = texts(language);
      const progress = new Progress({
        context,
        label: words.reading,
        unit: words.records,
        share: () => null,
      });
      const labelOf = await labels(stack);
      const read = await readTiers(stack, (records) => progress.advance(records));
      progress.end();
      const isCsv = flags.format !== 'ndjson';
      const out =
        flags.out === undefined ? null : new OutFile(resolve(context.cwd, flags.out), language);
      const write = async (text: string): Promise<void> => {
        if (out === null) stdout.write(text);
        else await out.write(text);
      };
      try {
        if (isCsv) await write(TIER_EXPORT_CSV_HEADER);
        for (const snapshot of read.snapshots) {
          const row = tierExportRow(snapshot, labelOf(snapshot.policy, snapshot.tier));
          await write(isCsv ? tierExportCsvLine(row) : `${JSON.stringify(row)}\n`);
        }
        await out?.publish();
      } catch (fault) {
        await out?.discard();
        throw fault;
      }
      const offsets = read.offsets.map((offset, partition) => `${partition}:${offset}`).join(' ');
      stderr.write(`${words.done(read.snapshots.length, TOPICS.tiers, offsets)}\n`);
      return EXIT_CODES.success;
    }),
});

/** What people call tiers, by the policies in force. */
async function labels({
  store,
}: StackHandle): Promise<(policy: string, tier: string | null) => Label | undefined> {
  const set = activeSet((await viewPartition(store, 0)).state);
  return (policy, tier) =>
    tier === null || set === null
      ? undefined
      : set.policies.find(({ name }) => name === policy)?.labels[tier];
}
