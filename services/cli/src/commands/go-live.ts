import { formatRfc3339, TOPICS } from '@strata/contracts';
import { type PartitionView, viewPartitions } from '@strata/shard-state';
import { announceFlags, announceFromOf } from '../announce-flags.ts';
import { CliFault, EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { type LiveImpact, liveImpact } from '../go-live/live-impact.ts';
import { type Asked, lastMarkOf, liveStandOf } from '../go-live/live-stand.ts';
import { liveJson, liveText, openText, whatWas } from '../go-live/live-text.ts';
import { openWork } from '../go-live/open-work.ts';
import { rememberLive } from '../go-live/remember-live.ts';
import { brokerNow, sendLive, waitUntilLive } from '../go-live/send-live.ts';
import { goLiveTexts } from '../go-live/texts.ts';
import { groupDigits, Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { waitUntilPassed } from '../stack/wait-until-passed.ts';
import { endsOf } from '../stack/wait-until-settled.ts';
import { withStack } from '../stack/with-stack.ts';

/** `./strata go-live`: from data to wall time, once, by one record in each partition of the customer log. */
export const goLiveCommand = defineCommand({
  name: 'go-live',
  summary: {
    en: 'turns a stack from data to wall time, once',
    zh: '将栈从 data 时间转为 wall 时间，仅一次',
  },
  flags: {
    ...announceFlags('none'),
    yes: { kind: 'switch', about: { en: 'does it', zh: '确认执行' } },
    'dry-run': {
      kind: 'switch',
      about: {
        en: 'writes nothing; says what is in the way, and what would be settled',
        zh: '不写入；说明有何障碍，以及将结算哪些变更',
      },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: ['go-live --dry-run', 'go-live --hold-back --yes', 'go-live --announce-from 2 --yes'],
  run: (context, { flags }) => {
    const wish = {
      announceFrom: announceFromOf(flags, context.language),
      isDryRun: flags['dry-run'],
      isSure: flags.yes,
      isJson: flags.json,
    };
    return withStack(context, (stack) => goLive(context, stack, wish));
  },
});

interface Wish {
  /** Undefined where it was not said. */
  readonly announceFrom: number | null | undefined;
  readonly isDryRun: boolean;
  readonly isSure: boolean;
  readonly isJson: boolean;
}

async function goLive(context: CommandContext, stack: StackHandle, wish: Wish): Promise<ExitCode> {
  const texts = goLiveTexts(context.language);
  // Whatever a command before this one has sent is folded then, so that the state says how far it came.
  context.stderr.write(`${texts.waiting} ...\n`);
  const intakeEnds = await endsOf(stack, TOPICS.events);
  await waitUntilPassed(stack, { intakeEnds, signal: context.signal });
  const views = await viewPartitions(stack.store, stack.partitions);
  const stand = liveStandOf(views);
  switch (stand.kind) {
    case 'wall':
      throw new CliFault('STRATA_CLI_WALL_TIME', texts.neverData);
    case 'data':
      return begin(context, stack, { wish, views });
    case 'partly':
    case 'live':
      requireSame(context, wish, stand.asked);
      return finish(context, stack, { wish, asked: stand.asked, isNew: stand.kind === 'partly' });
  }
}

/** What was asked for the first time holds: the first partitions have settled people by it. */
function requireSame({ language }: CommandContext, wish: Wish, asked: Asked): void {
  if (wish.announceFrom === undefined || wish.announceFrom === asked.announceFrom) return;
  const was = whatWas(asked, language);
  const sentence = goLiveTexts(language).askedOtherwise(formatRfc3339(asked.at), was);
  throw new CliFault('STRATA_CLI_LIVE_OTHERWISE', sentence);
}

async function begin(
  context: CommandContext,
  stack: StackHandle,
  { wish, views }: { readonly wish: Wish; readonly views: readonly PartitionView[] },
): Promise<ExitCode> {
  const { language, stdout, signal } = context;
  const { announceFrom = null, isDryRun, isJson } = wish;
  const lastMark = lastMarkOf(views);
  // The broker's clock will be everybody's: a host whose own is wrong may try, and not decide.
  const at = isDryRun || !wish.isSure ? Date.now() : await brokerNow(stack, lastMark);
  const asked = { at, announceFrom };
  const impact = await look(context, stack, { views, asked });
  const open = await openWork(stack, { views, impact, at });
  if (open.length > 0) {
    throw new CliFault('STRATA_CLI_NOT_SETTLED', openText(open, at, language));
  }
  const told = { asked, lastMark, impact, state: isDryRun ? 'would' : 'did' } as const;
  if (!isDryRun) {
    if (!wish.isSure) throw new UsageFault(sureText(impact, context));
    await sendLive(stack, asked, signal);
    await settle(context, stack, asked);
  }
  stdout.write(isJson ? liveJson(told) : liveText(told, { language, kind: stack.kind }));
  return EXIT_CODES.success;
}

function sureText({ changes }: LiveImpact, { language }: CommandContext): string {
  const counts = [...changes.values()];
  const sum = (numbers: readonly number[]): string =>
    groupDigits(numbers.reduce((a, b) => a + b, 0));
  const heldBack = sum(counts.map((it) => it.heldBack));
  return goLiveTexts(language).needsYes(heldBack, sum(counts.map((it) => it.announced)));
}

/** What was begun is finished with the instant that it began with; of what is done nothing is left but to remember it. */
async function finish(
  context: CommandContext,
  stack: StackHandle,
  { wish, asked, isNew }: { readonly wish: Wish; readonly asked: Asked; readonly isNew: boolean },
): Promise<ExitCode> {
  const { language, stdout, signal } = context;
  const state = isNew ? 'finished' : 'already';
  if (!wish.isDryRun) {
    if (isNew) await sendLive(stack, asked, signal);
    await settle(context, stack, asked);
  }
  const told = { asked, lastMark: null, impact: null, state } as const;
  stdout.write(wish.isJson ? liveJson(told) : liveText(told, { language, kind: stack.kind }));
  return EXIT_CODES.success;
}

async function settle(context: CommandContext, stack: StackHandle, asked: Asked): Promise<void> {
  context.stderr.write(`${goLiveTexts(context.language).settling} ...\n`);
  await waitUntilLive(stack, asked, context.signal);
  rememberLive(context, stack);
}

async function look(
  context: CommandContext,
  stack: StackHandle,
  { views, asked }: { readonly views: readonly PartitionView[]; readonly asked: Asked },
): Promise<LiveImpact> {
  const texts = goLiveTexts(context.language);
  const total = views.reduce((sum, { customerCount }) => sum + customerCount, 0);
  let done = 0;
  const progress = new Progress({
    context,
    label: texts.looking,
    unit: texts.customers,
    share: () => done / Math.max(1, total),
  });
  const onCustomers = (count: number): void => {
    done += count;
    progress.advance(count);
  };
  const impact = await liveImpact(stack, { views, asked, onCustomers, signal: context.signal });
  progress.end();
  return impact;
}
