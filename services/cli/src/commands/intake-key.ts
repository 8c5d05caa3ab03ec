import { resolve } from 'node:path';
import { createIntakeKey, INTAKE_KEYS, type IntakeKey } from '@strata/service-runtime';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { groupDigits } from '../progress.ts';
import { intakeKeyFiles } from '../stack/intake-keys.ts';
import { stackDir } from '../stack/stack-paths.ts';
import {
  addKey,
  checkKeyName,
  type KeyPlace,
  keyFileFlag,
  keyNameOperand,
  listKeys,
  numberOf,
  removeKey,
} from './key-commands.ts';

const texts = catalogue({
  en: {
    noSource:
      'Say whose events the key may send: --source NAME, once for each; --source "*" for any.',
    added: (file: string) =>
      `Shown once, and kept nowhere; its hash is in ${file}. A running ingestor takes it within seconds.`,
    removed: (name: string) => `Removed ${name}. A running ingestor refuses it within seconds.`,
    columns: ['Key', 'Sources', 'Events/s', 'Burst'] as readonly string[],
  },
  zh: {
    noSource: '请说明该密钥可发送哪些来源的事件：--source 名称，可重复；任意来源用 --source "*"。',
    added: (file: string) =>
      `仅显示这一次，不在任何地方保存；其哈希写入 ${file}。运行中的摄取服务几秒内生效。`,
    removed: (name: string) => `已删除 ${name}。运行中的摄取服务几秒内不再接受它。`,
    columns: ['密钥', '来源', '事件/秒', '突发'] as readonly string[],
  },
});

export const intakeKeyAddCommand = defineCommand({
  name: 'intake-key add',
  summary: {
    en: 'makes a key by which a system sends events by HTTP',
    zh: '生成一个密钥，供外部系统通过 HTTP 发送事件',
  },
  operands: [keyNameOperand],
  flags: {
    source: {
      kind: 'texts',
      value: 'SOURCE',
      about: { en: 'whose events it may send; may be repeated', zh: '可发送的来源；可重复' },
    },
    'per-second': {
      kind: 'text',
      value: 'N',
      about: {
        en: 'events a second on the long run; default: 500',
        zh: '长期每秒事件数；默认 500',
      },
    },
    burst: {
      kind: 'text',
      value: 'N',
      about: {
        en: 'events at once after a pause; default: 10000',
        zh: '停顿后一次可发数；默认 10000',
      },
    },
    file: keyFileFlag,
  },
  examples: [
    'intake-key add shop --source shop --source pos',
    'intake-key add desk --source desk --per-second 50 --burst 500',
  ],
  run: async (context, { operands, flags }) => {
    const words = texts(context.language);
    const [name = ''] = operands;
    checkKeyName(name, context);
    if (flags.source.length === 0) throw new UsageFault(words.noSource);
    const eventsPerSecond = numberOf('--per-second', flags['per-second'], context);
    const burst = numberOf('--burst', flags.burst, context);
    const place = placeOf(context, flags.file);
    const create = () =>
      createIntakeKey({
        name,
        sources: flags.source,
        ...(eventsPerSecond === null ? {} : { eventsPerSecond }),
        ...(burst === null ? {} : { burst }),
      });
    addKey(context, place, { name, create });
    context.stderr.write(`${words.added(place.file)}\n`);
    return EXIT_CODES.success;
  },
});

export const intakeKeyListCommand = defineCommand({
  name: 'intake-key list',
  summary: { en: 'the keys that may send by HTTP', zh: '列出可通过 HTTP 发送的密钥' },
  flags: {
    file: keyFileFlag,
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: ['intake-key list', 'intake-key list --json'],
  run: async (context, { flags }) =>
    listKeys(context, placeOf(context, flags.file), {
      isJson: flags.json,
      columns: texts(context.language).columns,
      rowOf,
    }),
});

export const intakeKeyRemoveCommand = defineCommand({
  name: 'intake-key remove',
  summary: { en: 'takes a key away', zh: '删除密钥' },
  operands: [keyNameOperand],
  flags: { file: keyFileFlag },
  examples: ['intake-key remove shop'],
  run: async (context, { operands, flags }) => {
    const [name = ''] = operands;
    const listCommand = './strata intake-key list';
    removeKey(context, placeOf(context, flags.file), { name, listCommand });
    context.stdout.write(`${texts(context.language).removed(name)}\n`);
    return EXIT_CODES.success;
  },
});

function rowOf({ name, sources, eventsPerSecond, burst }: IntakeKey): readonly string[] {
  return [name, sources.join(', '), groupDigits(eventsPerSecond), groupDigits(burst)];
}

function placeOf({ env, cwd }: CommandContext, given: string | undefined): KeyPlace<IntakeKey> {
  const file = given === undefined ? intakeKeyFiles(stackDir(env)).keysFile : resolve(cwd, given);
  return { kind: INTAKE_KEYS, file };
}
