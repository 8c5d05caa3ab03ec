import { once } from 'node:events';
import { relative } from 'node:path';
import type { Sentence } from '@strata/local-stack';
import { type ExitCode, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import {
  DEMO_STACKS,
  type DemoStack,
  type DemoStage,
  demoDataDir,
  isUnavailable,
  missingForLocal,
  openStage,
} from '../demo/demo-stage.ts';
import { DEMO_SEED, generateEvents } from '../demo/generate-events.ts';
import { painter } from '../demo/paint.ts';
import { aWebhookSecret, runDemo } from '../demo/run-demo.ts';
import { demoTexts } from '../demo/texts.ts';
import { startWebhookReceiver } from '../demo/webhook-receiver.ts';
import type { Language } from '../language.ts';
import { ROOT } from '../stack/stack-paths.ts';

export const demoCommand = defineCommand({
  name: 'demo',
  summary: {
    en: 'plays eighteen months of a shop on a stack of its own, and checks what it shows',
    zh: '在独立的栈上演示一家店铺的十八个月，并核对所展示的内容',
  },
  flags: {
    stack: {
      kind: 'text',
      value: 'STACK',
      choices: DEMO_STACKS,
      about: {
        en: 'local, or embedded; default: local where it can be had',
        zh: 'local 或 embedded；默认在可行时用 local',
      },
    },
    seed: {
      kind: 'text',
      value: 'N',
      about: {
        en: `other events, the same story; default: ${DEMO_SEED}`,
        zh: `换一批事件，故事不变；默认 ${DEMO_SEED}`,
      },
    },
    keep: {
      kind: 'switch',
      about: {
        en: 'stays up until Ctrl-C, to look at the page',
        zh: '保持运行直至 Ctrl-C，便于查看页面',
      },
    },
  },
  examples: ['demo', 'demo --stack embedded', 'demo --seed 7 --keep'],
  run: async (context, { flags }) => {
    const { language, stdout, signal, monotonicMs } = context;
    const startedMs = monotonicMs();
    const seed = seedOf(flags.seed, language);
    const paint = painter(context);
    const texts = demoTexts(language);
    stdout.write(`${paint('bold', texts.headline(seed))}\n`);
    const asked = DEMO_STACKS.find((kind) => kind === flags.stack);
    const secret = aWebhookSecret();
    const receiver = await startWebhookReceiver({ secret });
    let exitCode: ExitCode;
    try {
      const hook = { url: receiver.url, secret };
      const stage = await openWhatCanBeHad(context, { asked, hook });
      try {
        signal.throwIfAborted();
        exitCode = await runDemo(context, { stage, receiver, data: generateEvents(seed) });
        if (flags.keep) await stayUp(context, stage);
      } finally {
        await stage.stop();
      }
    } finally {
      await receiver.close();
    }
    const seconds = ((monotonicMs() - startedMs) / 1_000).toFixed(1);
    stdout.write(`\n${texts.took(seconds)}\n`);
    return exitCode;
  },
});

interface StageWish {
  readonly asked: DemoStack | undefined;
  readonly hook: { readonly url: string; readonly secret: string };
}

/** The real stack where it can be had, unless one was asked for; the embedded one says what it lacks. */
async function openWhatCanBeHad(context: CommandContext, wish: StageWish): Promise<DemoStage> {
  const { language, stdout, env } = context;
  const { asked, hook } = wish;
  const texts = demoTexts(language);
  const missing = asked === undefined ? missingForLocal(env) : [];
  const kind = asked ?? (missing.length === 0 ? 'local' : 'embedded');
  const open = async (on: DemoStack): Promise<DemoStage> => {
    stdout.write(`${texts.stack[on]}\n`);
    if (missing.length > 0) {
      const needs = missing.map((how) => `  - ${how[language]}`);
      stdout.write(`${[texts.needs, ...needs].join('\n')}\n`);
    }
    return openStage(context, { kind: on, hook, onProgress: tellProgress(context) });
  };
  try {
    return await open(kind);
  } catch (fault) {
    if (asked !== undefined || !isUnavailable(fault)) throw fault;
    stdout.write(`${texts.fellBack(fault.sentence[language])}\n`);
    return open('embedded');
  }
}

function tellProgress({ stderr, language }: CommandContext): (line: Sentence) => void {
  return (line) => stderr.write(`  ${line[language]}\n`);
}

/** Ctrl-C is the way to end here, not an interruption. */
async function stayUp(context: CommandContext, stage: DemoStage): Promise<void> {
  const { stdout, signal, language, env } = context;
  const texts = demoTexts(language);
  stdout.write(`\n${texts.kept(stage.consoleUrl)}\n`);
  if (stage.kind === 'local') {
    stdout.write(`${texts.keptCommands(relative(ROOT, demoDataDir(env)))}\n`);
  }
  if (!signal.aborted) await once(signal, 'abort');
}

const SEED_MAX = 4_294_967_295;

function seedOf(text: string | undefined, language: Language): number {
  if (text === undefined) return DEMO_SEED;
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed <= SEED_MAX) return seed;
  throw new UsageFault(demoTexts(language).notASeed(text));
}
