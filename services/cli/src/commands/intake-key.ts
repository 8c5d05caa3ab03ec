import { resolve } from 'node:path';
import { type ApiKey, createApiKey } from '@strata/service-runtime';
import { CliFault, EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { groupDigits } from '../progress.ts';
import { intakeKeyFiles, readIntakeKeys, writeIntakeKeys } from '../stack/intake-keys.ts';
import { stackDir } from '../stack/stack-paths.ts';
import { tableText } from '../table-text.ts';

const texts = catalogue({
  en: {
    badName: (name: string) =>
      `'${name}' is no name of a key: use lower-case letters, digits and hyphens, 40 at most.`,
    badNumber: (flag: string, text: string) =>
      `'${text}' is no value for ${flag}: write a whole number from 1 to 1000000.`,
    noSource:
      'Say whose events the key may send: --source NAME, once for each; --source "*" for any.',
    taken: (name: string, file: string) =>
      `There is a key '${name}' in ${file} already: remove it first, or choose another name.`,
    unknown: (name: string, file: string) =>
      `There is no key '${name}' in ${file}; ./strata intake-key list names those that are.`,
    added: (file: string) =>
      `Shown once, and kept nowhere; its hash is in ${file}. A running ingestor takes it within seconds.`,
    removed: (name: string) => `Removed ${name}. A running ingestor refuses it within seconds.`,
    none: (file: string) => `No key in ${file}.`,
    columns: ['Key', 'Sources', 'Events/s', 'Burst'] as readonly string[],
  },
  zh: {
    badName: (name: string) => `“${name}”不能作密钥名：请用小写字母、数字和连字符，最多 40 个。`,
    badNumber: (flag: string, text: string) =>
      `${flag} 不能取“${text}”：请写 1 到 1000000 的整数。`,
    noSource: '请说明该密钥可发送哪些来源的事件：--source 名称，可重复；任意来源用 --source "*"。',
    taken: (name: string, file: string) => `${file} 中已有密钥“${name}”：请先删除，或换一个名称。`,
    unknown: (name: string, file: string) =>
      `${file} 中没有密钥“${name}”；./strata intake-key list 可列出已有的密钥。`,
    added: (file: string) =>
      `仅显示这一次，不在任何地方保存；其哈希写入 ${file}。运行中的摄取服务几秒内生效。`,
    removed: (name: string) => `已删除 ${name}。运行中的摄取服务几秒内不再接受它。`,
    none: (file: string) => `${file} 中没有密钥。`,
    columns: ['密钥', '来源', '事件/秒', '突发'] as readonly string[],
  },
});

const fileFlag = {
  kind: 'text',
  value: 'FILE',
  about: { en: 'of keys; default: that of the stack', zh: '密钥文件；默认为栈的密钥文件' },
} as const;

const nameOperand = { name: 'NAME', about: { en: 'of the key', zh: '密钥名称' } };

export const intakeKeyAddCommand = defineCommand({
  name: 'intake-key add',
  summary: {
    en: 'makes a key by which a system sends events by HTTP',
    zh: '生成一个密钥，供外部系统通过 HTTP 发送事件',
  },
  operands: [nameOperand],
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
    file: fileFlag,
  },
  examples: [
    'intake-key add shop --source shop --source pos',
    'intake-key add desk --source desk --per-second 50 --burst 500',
  ],
  run: async (context, { operands, flags }) => {
    const { language, stdout, stderr } = context;
    const words = texts(language);
    const [name = ''] = operands;
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) throw new UsageFault(words.badName(name));
    if (flags.source.length === 0) throw new UsageFault(words.noSource);
    const eventsPerSecond = numberOf('--per-second', flags['per-second'], context);
    const burst = numberOf('--burst', flags.burst, context);
    const file = fileOf(context, flags.file);
    const keys = readIntakeKeys(file);
    if (keys.some((key) => key.name === name)) {
      throw new CliFault('STRATA_CLI_KEY_TAKEN', words.taken(name, file));
    }
    const { key, token } = createApiKey({
      name,
      sources: flags.source,
      ...(eventsPerSecond === null ? {} : { eventsPerSecond }),
      ...(burst === null ? {} : { burst }),
    });
    writeIntakeKeys(file, [...keys, key]);
    // The token alone goes to standard output, so that it can be handed on without being seen.
    stdout.write(`${token}\n`);
    stderr.write(`${words.added(file)}\n`);
    return EXIT_CODES.success;
  },
});

export const intakeKeyListCommand = defineCommand({
  name: 'intake-key list',
  summary: { en: 'the keys that may send by HTTP', zh: '列出可通过 HTTP 发送的密钥' },
  flags: {
    file: fileFlag,
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: ['intake-key list', 'intake-key list --json'],
  run: async (context, { flags }) => {
    const words = texts(context.language);
    const file = fileOf(context, flags.file);
    const keys = readIntakeKeys(file);
    const shown = keys.map(({ sha256: _hash, ...key }) => key);
    if (flags.json) context.stdout.write(`${JSON.stringify(shown)}\n`);
    else if (keys.length === 0) context.stdout.write(`${words.none(file)}\n`);
    else context.stdout.write(`${tableText([words.columns, ...keys.map(rowOf)])}\n`);
    return EXIT_CODES.success;
  },
});

export const intakeKeyRemoveCommand = defineCommand({
  name: 'intake-key remove',
  summary: { en: 'takes a key away', zh: '删除密钥' },
  operands: [nameOperand],
  flags: { file: fileFlag },
  examples: ['intake-key remove shop'],
  run: async (context, { operands, flags }) => {
    const words = texts(context.language);
    const [name = ''] = operands;
    const file = fileOf(context, flags.file);
    const keys = readIntakeKeys(file);
    const kept = keys.filter((key) => key.name !== name);
    if (kept.length === keys.length) {
      throw new CliFault('STRATA_CLI_KEY_UNKNOWN', words.unknown(name, file));
    }
    writeIntakeKeys(file, kept);
    context.stdout.write(`${words.removed(name)}\n`);
    return EXIT_CODES.success;
  },
});

function rowOf({ name, sources, eventsPerSecond, burst }: ApiKey): readonly string[] {
  return [name, sources.join(', '), groupDigits(eventsPerSecond), groupDigits(burst)];
}

function fileOf({ env, cwd }: CommandContext, given: string | undefined): string {
  return given === undefined ? intakeKeyFiles(stackDir(env)).keysFile : resolve(cwd, given);
}

function numberOf(
  flag: string,
  text: string | undefined,
  { language }: CommandContext,
): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,5}$|^1000000$/.test(text)) return Number(text);
  throw new UsageFault(texts(language).badNumber(flag, text));
}
