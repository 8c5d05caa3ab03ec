import { resolve } from 'node:path';
import {
  API_KEYS,
  API_SCOPES,
  type ApiKey,
  type ApiScope,
  createApiKey,
} from '@strata/service-runtime';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { groupDigits } from '../progress.ts';
import { apiKeyFiles } from '../stack/api-keys.ts';
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
    noScope: `Say what the key may do: --scope SCOPE, once for each of ${API_SCOPES.join(', ')}.`,
    badScope: (text: string) => `'${text}' is no scope: there are ${API_SCOPES.join(', ')}.`,
    added: (file: string) =>
      `Shown once, and kept nowhere; its hash is in ${file}. A running console takes it within seconds.`,
    removed: (name: string) => `Removed ${name}. A running console refuses it within seconds.`,
    columns: ['Key', 'Scopes', 'Requests/s', 'Burst'] as readonly string[],
  },
  zh: {
    noScope: `请说明该密钥的权限：--scope 权限，可重复；可用 ${API_SCOPES.join('、')}。`,
    badScope: (text: string) => `没有权限“${text}”：可用 ${API_SCOPES.join('、')}。`,
    added: (file: string) =>
      `仅显示这一次，不在任何地方保存；其哈希写入 ${file}。运行中的 console 几秒内生效。`,
    removed: (name: string) => `已删除 ${name}。运行中的 console 几秒内不再接受它。`,
    columns: ['密钥', '权限', '请求/秒', '突发'] as readonly string[],
  },
});

export const apiKeyAddCommand = defineCommand({
  name: 'api-key add',
  summary: {
    en: 'makes a key by which a system asks the API',
    zh: '生成一个密钥，供外部系统调用 API',
  },
  operands: [keyNameOperand],
  flags: {
    scope: {
      kind: 'texts',
      value: 'SCOPE',
      about: { en: `what it may: ${API_SCOPES.join(', ')}`, zh: `权限：${API_SCOPES.join('、')}` },
    },
    'per-second': {
      kind: 'text',
      value: 'N',
      about: {
        en: 'requests a second on the long run; default: 200',
        zh: '长期每秒请求数；默认 200',
      },
    },
    burst: {
      kind: 'text',
      value: 'N',
      about: {
        en: 'requests at once after a pause; default: 1000',
        zh: '停顿后一次可发数；默认 1000',
      },
    },
    file: keyFileFlag,
  },
  examples: [
    'api-key add crm --scope profiles:read --scope changes:read',
    'api-key add shop --scope profiles:read --per-second 1000 --burst 5000',
  ],
  run: async (context, { operands, flags }) => {
    const words = texts(context.language);
    const [name = ''] = operands;
    checkKeyName(name, context);
    if (flags.scope.length === 0) throw new UsageFault(words.noScope);
    const scopes = [...new Set(flags.scope)].map((text): ApiScope => {
      const scope = API_SCOPES.find((known) => known === text);
      if (scope === undefined) throw new UsageFault(words.badScope(text));
      return scope;
    });
    const requestsPerSecond = numberOf('--per-second', flags['per-second'], context);
    const burst = numberOf('--burst', flags.burst, context);
    const place = placeOf(context, flags.file);
    const create = () =>
      createApiKey({
        name,
        scopes,
        ...(requestsPerSecond === null ? {} : { requestsPerSecond }),
        ...(burst === null ? {} : { burst }),
      });
    addKey(context, place, { name, create });
    context.stderr.write(`${words.added(place.file)}\n`);
    return EXIT_CODES.success;
  },
});

export const apiKeyListCommand = defineCommand({
  name: 'api-key list',
  summary: { en: 'the keys that may ask the API', zh: '列出可调用 API 的密钥' },
  flags: {
    file: keyFileFlag,
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: ['api-key list', 'api-key list --json'],
  run: async (context, { flags }) =>
    listKeys(context, placeOf(context, flags.file), {
      isJson: flags.json,
      columns: texts(context.language).columns,
      rowOf,
    }),
});

export const apiKeyRemoveCommand = defineCommand({
  name: 'api-key remove',
  summary: { en: 'takes a key of the API away', zh: '删除 API 密钥' },
  operands: [keyNameOperand],
  flags: { file: keyFileFlag },
  examples: ['api-key remove crm'],
  run: async (context, { operands, flags }) => {
    const [name = ''] = operands;
    const listCommand = './strata api-key list';
    removeKey(context, placeOf(context, flags.file), { name, listCommand });
    context.stdout.write(`${texts(context.language).removed(name)}\n`);
    return EXIT_CODES.success;
  },
});

function rowOf({ name, scopes, requestsPerSecond, burst }: ApiKey): readonly string[] {
  return [name, scopes.join(', '), groupDigits(requestsPerSecond), groupDigits(burst)];
}

function placeOf({ env, cwd }: CommandContext, given: string | undefined): KeyPlace<ApiKey> {
  const file = given === undefined ? apiKeyFiles(stackDir(env)).keysFile : resolve(cwd, given);
  return { kind: API_KEYS, file };
}
