import { randomBytes } from 'node:crypto';
import { EMPTY_LEDGER, policyFor } from '@strata/domain';
import { EXIT_CODES, type ExitCode } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { whyCommand } from '../commands/why.ts';
import { readLetters } from '../dead-letters/read-letters.ts';
import { groupDigits } from '../progress.ts';
import { ensurePolicy } from '../stack/load-policy.ts';
import { endsOf, waitUntilSettled } from '../stack/wait-until-settled.ts';
import { until } from '../until.ts';
import { brokenRecords } from './broken-records.ts';
import { checkClaims } from './check-claims.ts';
import {
  changesText,
  claimsText,
  lettersText,
  nextText,
  type ReportOptions,
  section,
  tiersText,
} from './demo-report.ts';
import type { DemoStage } from './demo-stage.ts';
import { DemoTally } from './demo-tally.ts';
import type { DemoData } from './generate-events.ts';
import { MonthTable } from './month-table.ts';
import { painter } from './paint.ts';
import { playMonths } from './play-months.ts';
import { publishBroken } from './publish-broken.ts';
import { TEA_HOUSE } from './tea-house.ts';
import { demoTexts } from './texts.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

export interface DemoRun {
  readonly stage: DemoStage;
  readonly receiver: WebhookReceiver;
  readonly data: DemoData;
}

/** A secret that lives as long as the run. */
export function aWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The demo on a stack that is up: sends, waits, shows, and checks what it shows. */
export async function runDemo(context: CommandContext, run: DemoRun): Promise<ExitCode> {
  const { language, stdout, stderr, signal } = context;
  const { stage, receiver, data } = run;
  const { stack } = stage;
  const texts = demoTexts(language);
  const paint = painter(context);
  const set = await ensurePolicy(context, stack, { policy: undefined, currency: 'CNY' });
  const policy = policyFor(set, { isExisting: true, ledger: EMPTY_LEDGER });
  if (policy === null) throw new TypeError('the preset grades everybody who buys');
  const options: ReportOptions = { policy, language, paint };

  const { late, repeats, refundsFirst } = data.troubles;
  stdout.write(`${texts.page(paint('cyan', stage.consoleUrl))}\n\n`);
  stdout.write(`${texts.sending(...figures(data.arrivals.length, data.customers))}\n`);
  stdout.write(`${texts.troubles(...figures(late, repeats, refundsFirst))}\n\n`);

  const table = new MonthTable(options);
  const tally = new DemoTally();
  stdout.write(`${table.heading()}\n`);
  await playMonths(stack, {
    data,
    signal,
    onMonth: (month) => {
      tally.add(month.changes);
      stdout.write(`${table.lines(month, tally).join('\n')}\n`);
    },
  });

  stderr.write(`\n${texts.finishing} ...\n`);
  const broken = brokenRecords();
  await publishBroken(stack, broken);
  await settleBroken(run, { broken: broken.length, changes: tally.changes, signal });
  const letters = (await readLetters(stack)).map(({ letter }) => letter);
  const webhooks = receiver.counts();
  const demotionsByTime = tally.counts.of('demoted', 'time');
  const claims = checkClaims({
    story: tally.story(),
    demotionsByTime,
    changes: tally.changes,
    webhooks,
    brokenReasons: broken.map(({ reason }) => reason),
    letterReasons: letters.map(({ reason }) => reason),
  });

  stdout.write(tiersText(tally, options));
  stdout.write(changesText(tally, options));
  stdout.write(lettersText(letters, options));
  stdout.write(section(texts.why, [], paint));
  await whyCommand.execute({ ...context, stack }, [TEA_HOUSE]);
  const claimFigures = {
    demotions: groupDigits(demotionsByTime),
    changes: groupDigits(tally.changes),
    received: groupDigits(webhooks.received),
    refused: groupDigits(webhooks.refused),
    broken: groupDigits(broken.length),
    letters: groupDigits(letters.length),
  };
  stdout.write(claimsText(claims, claimFigures, options));
  stdout.write(nextText(options));
  return claims.every(({ isTrue }) => isTrue) ? EXIT_CODES.success : EXIT_CODES.failure;
}

/** Until every broken record was read and refused, and every change that was published has been delivered. */
async function settleBroken(
  { stage: { stack }, receiver }: DemoRun,
  expected: { readonly broken: number; readonly changes: number; readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = expected;
  const topics = new Set(brokenRecords().map(({ topic }) => topic));
  const ends = await Promise.all([...topics].map((topic) => endsOf(stack, topic)));
  const intakeEnds = new Map(ends.flatMap((own) => [...own]));
  await waitUntilSettled(stack, { intakeEnds, upToMs: null, signal });
  const remedy = {
    en: 'Look at the log of the notifier in the data folder of the demo.',
    zh: '请查看演示数据目录中通知服务的日志。',
  };
  const what = { en: 'the last webhooks', zh: '最后的 Webhook' };
  await until(
    async () => {
      const { received } = receiver.counts();
      return { isDone: received >= expected.changes, progress: received };
    },
    { signal, what, remedy, patienceMs: WEBHOOKS_PATIENCE_MS },
  );
}

/** A webhook that failed is tried again after seconds; nothing for longer than this means that none will come. */
const WEBHOOKS_PATIENCE_MS = 30_000;

function figures<const T extends readonly number[]>(...numbers: T): { [K in keyof T]: string } {
  return numbers.map(groupDigits) as { [K in keyof T]: string };
}
