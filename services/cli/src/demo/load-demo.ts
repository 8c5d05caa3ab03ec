import { TOPICS } from '@strata/contracts';
import { baseCurrencyOf } from '@strata/domain';
import { CliFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { importTexts } from '../import/texts.ts';
import { groupDigits, Progress } from '../progress.ts';
import { ensurePolicy } from '../stack/load-policy.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { endsOf, waitUntilSettled } from '../stack/wait-until-settled.ts';
import { brokenRecords } from './broken-records.ts';
import { generateEvents } from './generate-events.ts';
import { playMonths } from './play-months.ts';
import { publishBroken } from './publish-broken.ts';
import { demoTexts } from './texts.ts';

const CURRENCY = 'CNY';

/** Brings the demo's customers to an ordinary stack in data time that has none yet; says what it did. */
export async function loadDemo(
  context: CommandContext,
  stack: StackHandle,
  policy: string | undefined,
): Promise<string> {
  const { language, signal } = context;
  const texts = demoTexts(language);
  const importWords = importTexts(language);
  if (stack.time !== 'data') throw new CliFault('STRATA_CLI_WALL_TIME', texts.needsDataTime);
  const set = await ensurePolicy(context, stack, { policy, currency: CURRENCY });
  const base = baseCurrencyOf(set);
  if (base !== CURRENCY) {
    const sentence = importWords.otherCurrency(CURRENCY, base);
    throw new CliFault('STRATA_CLI_OTHER_CURRENCY', sentence);
  }
  if ((await endsOf(stack, TOPICS.events)).size > 0) return texts.hasEvents;
  const data = generateEvents();
  let sent = 0;
  const progress = new Progress({
    context,
    label: importWords.publishing,
    unit: importWords.records,
    share: () => sent / data.arrivals.length,
  });
  await playMonths(stack, {
    data,
    signal,
    onMonth: ({ events }) => {
      sent += events;
      progress.advance(events);
    },
  });
  progress.end();
  await publishBroken(stack, brokenRecords());
  await waitUntilSettled(stack, {
    intakeEnds: await endsOf(stack, TOPICS.events),
    upToMs: data.to,
    signal,
  });
  return texts.loaded(groupDigits(data.arrivals.length), groupDigits(data.customers));
}
