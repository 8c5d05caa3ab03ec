import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TimeMode } from '@strata/domain';
import { type Sentence, type StackStatus, type StatusRow, stackStatus } from '@strata/local-stack';
import { CliFault, EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { DEMO_INGESTOR } from '../demo/demo-stage.ts';
import { loadDemo } from '../demo/load-demo.ts';
import { demoTexts } from '../demo/texts.ts';
import type { Language } from '../language.ts';
import { apiKeyFiles } from '../stack/api-keys.ts';
import { dockerStatus } from '../stack/docker-status.ts';
import { findStack } from '../stack/find-stack.ts';
import { isEmbeddedUp } from '../stack/forward-command.ts';
import { intakeKeyFiles } from '../stack/intake-keys.ts';
import { loadPolicy } from '../stack/load-policy.ts';
import { preparedLines } from '../stack/prepared-lines.ts';
import { reviveServices } from '../stack/revive-services.ts';
import { STACK_KINDS, type StackKind } from '../stack/stack-handle.ts';
import { identityOf, stackIdentity } from '../stack/stack-identity.ts';
import { stackDir } from '../stack/stack-paths.ts';
import { readStackRecord, type StackRecord } from '../stack/stack-record.ts';
import { stackTexts } from '../stack/stack-texts.ts';
import { startDocker } from '../stack/start-docker.ts';
import { PARTITIONS_DEFAULT, startLocal } from '../stack/start-local.ts';
import { type UpEmbeddedOptions, upEmbedded } from '../stack/up-embedded.ts';
import { withStack } from '../stack/with-stack.ts';

const PARTITIONS_MAX = 1_024;

export const upCommand = defineCommand({
  name: 'up',
  summary: {
    en: 'brings up the stack: broker, registry, Redis and the services',
    zh: '启动整个栈：消息代理、注册中心、Redis 与各服务',
  },
  flags: {
    stack: {
      kind: 'text',
      value: 'STACK',
      choices: STACK_KINDS,
      about: { en: 'local (default), docker, embedded', zh: 'local（默认）、docker、embedded' },
    },
    time: {
      kind: 'text',
      value: 'TIME',
      choices: ['wall', 'data'],
      about: {
        en: 'wall (default), or data: the clock moves only with the events',
        zh: 'wall（默认），或 data：时钟只随事件移动',
      },
    },
    policy: {
      kind: 'text',
      value: 'FILE',
      about: { en: 'policy file or preset; default: shop', zh: '策略文件或预设，默认 shop' },
    },
    subscriptions: {
      kind: 'text',
      value: 'FILE',
      about: { en: 'webhook subscriptions (JSON)', zh: 'Webhook 订阅（JSON）' },
    },
    partitions: {
      kind: 'text',
      value: 'N',
      about: { en: 'of a new stack, for life; default: 32', zh: '新栈的分区数，终身不变；默认 32' },
    },
    data: {
      kind: 'text',
      value: 'DATA',
      choices: ['demo'],
      about: {
        en: 'demo: the customers of ./strata demo, in data time',
        zh: 'demo：./strata demo 的客户，data 时间',
      },
    },
    fresh: { kind: 'switch', about: { en: 'removes the data of before', zh: '先清除旧数据' } },
  },
  examples: ['up', 'up --time data', 'up --data demo', 'up --policy ./my-policy.yaml --fresh'],
  run: async (context, { flags }) => {
    const dataDir = stackDir(context.env);
    const kind = STACK_KINDS.find((it) => it === flags.stack) ?? 'local';
    const isRemembered = !flags.fresh && kind !== 'embedded';
    const record = isRemembered ? readStackRecord(dataDir, kind) : null;
    const subscriptions = subscriptionsPath(context, flags.subscriptions);
    const wish = wishOf({ ...flags, subscriptions }, record, context.language);
    if (wish.policy !== undefined)
      await loadPolicy(context, { policy: wish.policy, currency: null }, null);
    const { state, rows } = await statusOf(context, kind);
    if (kind === 'embedded') return upEmbedded(context, embeddedOptions(context, wish));
    if (kind === 'local' && record !== null && isRevivable(state, rows)) {
      return revive(context, record);
    }
    if (wish.hasDemo && state === 'up' && !wish.isFresh) {
      return withStack(context, async (stack) => {
        context.stdout.write(`${await loadDemo(context, stack, wish.policy)}\n`);
        return EXIT_CODES.success;
      });
    }
    if (kind === 'docker' && state === 'up') throw alreadyUp(context);
    return upReal(context, wish, kind);
  },
});

interface UpWish {
  readonly time: TimeMode;
  readonly policy: string | undefined;
  readonly subscriptions: string | null;
  readonly partitions: number;
  readonly isFresh: boolean;
  readonly hasDemo: boolean;
}

interface UpFlags {
  readonly time: string | undefined;
  readonly data: string | undefined;
  readonly policy: string | undefined;
  readonly subscriptions: string | undefined;
  readonly partitions: string | undefined;
  readonly fresh: boolean;
}

/** What is not said stays as the stack had it before: time and partitions hold for its life. */
function wishOf(flags: UpFlags, before: StackRecord | null, language: Language): UpWish {
  const hasDemo = flags.data === 'demo';
  if (hasDemo && flags.time === 'wall') throw new UsageFault(demoTexts(language).needsDataTime);
  return {
    time: hasDemo ? 'data' : timeOf(flags.time ?? before?.time ?? 'wall'),
    policy: flags.policy,
    subscriptions: flags.subscriptions ?? before?.subscriptions ?? null,
    partitions:
      partitionsOf(flags.partitions, language) ?? before?.partitions ?? PARTITIONS_DEFAULT,
    isFresh: flags.fresh,
    hasDemo,
  };
}

function embeddedOptions(context: CommandContext, wish: UpWish): UpEmbeddedOptions {
  const { time, partitions, subscriptions } = wish;
  return {
    time,
    partitions,
    subscriptions,
    // Nothing of it outlives the process, so that only the environment says.
    identity: identityOf(stackIdentity(null, context.env)),
    ...(wish.hasDemo ? { onForbidden: 'refuse' } : {}),
    prepare: (stack) => preparedLines(context, stack, wish),
  };
}

/** Services that have ended are started again; the rest of the stack is left as it runs. */
async function revive(context: CommandContext, record: StackRecord): Promise<ExitCode> {
  const { env, language, stdout } = context;
  const texts = stackTexts(language);
  const revived = await reviveServices(stackDir(env), record, env);
  const lines = [texts.revived(revived.join(', ')), texts.isUp(record.kind, record.time)];
  lines.push(...addressLines(context, record));
  stdout.write(`${lines.join('\n')}\n`);
  return EXIT_CODES.success;
}

async function upReal(
  context: CommandContext,
  wish: UpWish,
  kind: 'local' | 'docker',
): Promise<ExitCode> {
  const { language, stdout, stderr, env, signal } = context;
  const texts = stackTexts(language);
  const options = {
    ...wish,
    dataDir: stackDir(env),
    env: wish.hasDemo ? { ...env, ...DEMO_INGESTOR } : env,
    onProgress: (line: Sentence) => stderr.write(`${line[language]}\n`),
  };
  const started = await (kind === 'docker'
    ? startDocker({ ...options, language, signal })
    : startLocal({ ...options, lifetime: 'detached' }));
  try {
    const { record } = started;
    const lines = [texts.isUp(record.kind, record.time)];
    lines.push(...(await preparedLines(context, started.stack, wish)));
    lines.push(...addressLines(context, record));
    stdout.write(`${[...lines, texts.nextSteps].join('\n')}\n`);
    return EXIT_CODES.success;
  } catch (fault) {
    await started.backends.stop();
    throw fault;
  } finally {
    await started.stack.close();
  }
}

/** Where a person looks, and where a system sends. */
function addressLines(
  { language, env }: CommandContext,
  { consoleUrl, intakeUrl }: StackRecord,
): readonly string[] {
  const texts = stackTexts(language);
  const dataDir = stackDir(env);
  const { ownKeyFile } = intakeKeyFiles(dataDir);
  return [
    ...(consoleUrl === null
      ? []
      : [texts.consoleAt(consoleUrl), texts.apiAt(consoleUrl, apiKeyFiles(dataDir).ownKeyFile)]),
    ...(intakeUrl === null ? [] : [texts.intakeAt(intakeUrl, ownKeyFile)]),
  ];
}

/** What runs of the stack of this kind; refuses where one of another kind is up in its place. */
async function statusOf(
  context: CommandContext,
  kind: StackKind,
): Promise<Pick<StackStatus, 'state' | 'rows'>> {
  const { env } = context;
  const found = await findStack(context);
  const local = stackStatus(stackDir(env));
  const isOther =
    (kind !== 'local' && local.state !== 'down') || (found !== null && found.record.kind !== kind);
  if (isOther || (await isEmbeddedUp(env))) throw alreadyUp(context);
  return kind === 'docker' ? dockerStatus(stackDir(env), { env }) : local;
}

function alreadyUp({ language }: CommandContext): CliFault {
  return new CliFault('STRATA_CLI_ALREADY_UP', stackTexts(language).alreadyUp);
}

/** Every back end runs and something else has ended. */
function isRevivable(state: StackStatus['state'], rows: readonly StatusRow[]): boolean {
  return state === 'partly-up' && rows.every((row) => row.kind !== 'backend' || row.isUp);
}

/** Whole, because the services run elsewhere; a file that is not there would be taken for no subscriptions. */
function subscriptionsPath(
  { cwd, language }: CommandContext,
  path: string | undefined,
): string | undefined {
  if (path === undefined) return undefined;
  const whole = resolve(cwd, path);
  if (existsSync(whole)) return whole;
  throw new UsageFault(stackTexts(language).noSubscriptions(path));
}

function timeOf(text: string): TimeMode {
  return text === 'data' ? 'data' : 'wall';
}

function partitionsOf(text: string | undefined, language: Language): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= PARTITIONS_MAX) return count;
  throw new UsageFault(stackTexts(language).badPartitions(text, PARTITIONS_MAX));
}
