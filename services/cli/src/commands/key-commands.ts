import { type AccessKey, isKeyName, type KeyKind } from '@strata/service-runtime';
import { CliFault, EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { readKeys, writeKeys } from '../stack/key-files.ts';
import { tableText } from '../table-text.ts';

/** What the commands of all kinds of keys share. */
const keyTexts = catalogue({
  en: {
    badName: (name: string) =>
      `'${name}' is no name of a key: use lower-case letters, digits and hyphens, 40 at most.`,
    badNumber: (flag: string, text: string) =>
      `'${text}' is no value for ${flag}: write a whole number from 1 to 1000000.`,
    taken: (name: string, file: string) =>
      `There is a key '${name}' in ${file} already: remove it first, or choose another name.`,
    unknown: (name: string, file: string, list: string) =>
      `There is no key '${name}' in ${file}; ${list} names those that are.`,
    none: (file: string) => `No key in ${file}.`,
  },
  zh: {
    badName: (name: string) => `“${name}”不能作密钥名：请用小写字母、数字和连字符，最多 40 个。`,
    badNumber: (flag: string, text: string) =>
      `${flag} 不能取“${text}”：请写 1 到 1000000 的整数。`,
    taken: (name: string, file: string) => `${file} 中已有密钥“${name}”：请先删除，或换一个名称。`,
    unknown: (name: string, file: string, list: string) =>
      `${file} 中没有密钥“${name}”；${list} 可列出已有的密钥。`,
    none: (file: string) => `${file} 中没有密钥。`,
  },
});

export const keyFileFlag = {
  kind: 'text',
  value: 'FILE',
  about: { en: 'of keys; default: that of the stack', zh: '密钥文件；默认为栈的密钥文件' },
} as const;

export const keyNameOperand = { name: 'NAME', about: { en: 'of the key', zh: '密钥名称' } };

/** A whole number of a flag, null where it was not given. */
export function numberOf(
  flag: string,
  text: string | undefined,
  { language }: CommandContext,
): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,5}$|^1000000$/.test(text)) return Number(text);
  throw new UsageFault(keyTexts(language).badNumber(flag, text));
}

/** A file of keys of one kind, as one run of a command uses it. */
export interface KeyPlace<K extends AccessKey> {
  readonly kind: KeyKind<K>;
  readonly file: string;
}

/** Makes a key; the token alone goes to standard output, so that it can be handed on without being seen. */
export function addKey<K extends AccessKey>(
  { language, stdout }: CommandContext,
  { kind, file }: KeyPlace<K>,
  wanted: { readonly name: string; readonly create: () => { key: K; token: string } },
): void {
  const { name, create } = wanted;
  const keys = readKeys(kind, file);
  if (keys.some((key) => key.name === name)) {
    throw new CliFault('STRATA_CLI_KEY_TAKEN', keyTexts(language).taken(name, file));
  }
  const { key, token } = create();
  writeKeys(file, [...keys, key]);
  stdout.write(`${token}\n`);
}

export function checkKeyName(name: string, { language }: CommandContext): void {
  if (!isKeyName(name)) throw new UsageFault(keyTexts(language).badName(name));
}

/** Without hashes. */
export function listKeys<K extends AccessKey>(
  { language, stdout }: CommandContext,
  { kind, file }: KeyPlace<K>,
  form: {
    readonly isJson: boolean;
    readonly columns: readonly string[];
    readonly rowOf: (key: K) => readonly string[];
  },
): ExitCode {
  const keys = readKeys(kind, file);
  const shown = keys.map(({ sha256: _hash, ...key }) => key);
  if (form.isJson) stdout.write(`${JSON.stringify(shown)}\n`);
  else if (keys.length === 0) stdout.write(`${keyTexts(language).none(file)}\n`);
  else stdout.write(`${tableText([form.columns, ...keys.map(form.rowOf)])}\n`);
  return EXIT_CODES.success;
}

export function removeKey<K extends AccessKey>(
  { language }: CommandContext,
  { kind, file }: KeyPlace<K>,
  named: { readonly name: string; readonly listCommand: string },
): void {
  const { name, listCommand } = named;
  const keys = readKeys(kind, file);
  const kept = keys.filter((key) => key.name !== name);
  if (kept.length === keys.length) {
    const sentence = keyTexts(language).unknown(name, file, listCommand);
    throw new CliFault('STRATA_CLI_KEY_UNKNOWN', sentence);
  }
  writeKeys(file, kept);
}
