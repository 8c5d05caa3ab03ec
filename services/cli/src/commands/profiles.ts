import { resolve } from 'node:path';
import { formatRfc3339 } from '@strata/contracts';
import {
  compareBytewise,
  hasAcceptedEvent,
  type Instant,
  type ProfileRow,
  profileAt,
} from '@strata/domain';
import { viewCustomers, viewPartitions } from '@strata/shard-state';
import { CliFault, EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { parseDate } from '../dates.ts';
import { catalogue } from '../messages/texts.ts';
import { OutFile } from '../out-file.ts';
import { PROFILE_CSV_HEADER, profileCsvLine } from '../profile-csv.ts';
import { Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';

const texts = catalogue({
  en: {
    evaluating: 'Evaluating',
    customers: 'customers',
    nobody: 'Nobody is known yet: publish events first, for example with ./strata import.',
    tooEarly: (at: string, clock: string) =>
      `The live state stands at ${clock} and cannot go back to ${at}. ` +
      `For an earlier instant: ./strata backtest FILE --format F --at ${at} --profiles OUT.csv, or ./strata why CUSTOMER --at ${at}.`,
  },
  zh: {
    evaluating: '正在计算',
    customers: '位客户',
    nobody: '尚无任何客户：请先发布事件，例如使用 ./strata import。',
    tooEarly: (at: string, clock: string) =>
      `实时状态已到 ${clock}，无法回到 ${at}。` +
      `若需更早的时点：./strata backtest FILE --format F --at ${at} --profiles OUT.csv，或 ./strata why CUSTOMER --at ${at}。`,
  },
});

export const profilesCommand = defineCommand({
  name: 'profiles',
  summary: {
    en: 'every customer with tier, score and values, as CSV',
    zh: '以 CSV 输出每位客户的等级、评分与各项数值',
  },
  flags: {
    at: {
      kind: 'text',
      value: 'DATE',
      about: { en: 'instant to evaluate at; default: the clock', zh: '计算的时点，默认为时钟' },
    },
    out: { kind: 'text', value: 'OUT.csv', about: { en: 'default: stdout', zh: '默认为标准输出' } },
  },
  examples: ['profiles --out profiles.csv', 'profiles --at 2026-12-31'],
  run: (context, { flags }) =>
    withStack(context, async (stack) => {
      const { language, stdout } = context;
      const words = texts(language);
      const asked = flags.at === undefined ? null : parseDate('--at', flags.at, language);
      const progress = new Progress({
        context,
        label: words.evaluating,
        unit: words.customers,
        share: () => null,
      });
      const { customers, clock, isDataTime } = await readCustomers(stack, progress);
      progress.end();
      if (customers.length === 0) {
        throw new CliFault('STRATA_CLI_NO_CUSTOMERS', words.nobody);
      }
      if (asked !== null && asked < clock) {
        const sentence = words.tooEarly(formatRfc3339(asked), formatRfc3339(clock));
        throw new CliFault('STRATA_CLI_TOO_EARLY', sentence);
      }
      const at = asked ?? (isDataTime ? clock : Math.max(clock, Date.now()));
      const rows = customers.toSorted((a, b) => compareBytewise(a.customerId, b.customerId));
      const lines = rows.map((it) => profileCsvLine(it.rowAt(at)));
      if (flags.out === undefined) {
        stdout.write(PROFILE_CSV_HEADER);
        for (const line of lines) stdout.write(line);
        return EXIT_CODES.success;
      }
      await writeFile(resolve(context.cwd, flags.out), lines, context.language);
      return EXIT_CODES.success;
    }),
});

interface LiveCustomer {
  readonly customerId: string;
  readonly rowAt: (at: Instant) => ProfileRow;
}

/** All customers, and the furthest clock that any of them or any partition has seen. */
async function readCustomers(
  { store, partitions }: StackHandle,
  progress: Progress,
): Promise<{
  readonly customers: readonly LiveCustomer[];
  readonly clock: Instant;
  readonly isDataTime: boolean;
}> {
  const customers: LiveCustomer[] = [];
  let clock = Number.NEGATIVE_INFINITY;
  const views = await viewPartitions(store, partitions);
  for (const [index, { state: partition }] of views.entries()) {
    clock = Math.max(clock, partition.clock);
    for await (const batch of viewCustomers(store, index)) {
      for (const [customerId, state] of batch) {
        if (!hasAcceptedEvent(state)) continue;
        clock = Math.max(clock, state.clock);
        const rowAt = (at: Instant): ProfileRow => profileAt({ partition, customerId, state, at });
        customers.push({ customerId, rowAt });
      }
      progress.advance(batch.size);
    }
  }
  return { customers, clock, isDataTime: views.some(({ state }) => state.time === 'data') };
}

async function writeFile(
  path: string,
  lines: readonly string[],
  language: Parameters<typeof texts>[0],
): Promise<void> {
  const out = new OutFile(path, language);
  try {
    await out.write(PROFILE_CSV_HEADER);
    for (const line of lines) await out.write(line);
    await out.publish();
  } catch (fault) {
    await out.discard();
    throw fault;
  }
}
