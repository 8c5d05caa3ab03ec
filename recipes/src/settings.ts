import { objectFrom } from './call-json.ts';
import type { TierValues } from './tier-writer.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or wrong; the message names it and what to write, in both languages. */
export class SettingFault extends Error {
  constructor(name: string, remedy: { readonly en: string; readonly zh: string }) {
    super(`${name}: ${remedy.en}\n${name}：${remedy.zh}`);
    this.name = 'SettingFault';
  }
}

/** A setting that has to be there. */
export function textOf(env: Environment, name: string): string {
  const text = env[name];
  if (text === undefined || text === '') {
    throw new SettingFault(name, { en: 'is missing; set it.', zh: '未设置，请设置。' });
  }
  return text;
}

export function urlOf(env: Environment, name: string): URL {
  const text = textOf(env, name);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new SettingFault(name, {
    en: 'must be a whole address, as https://example.com.',
    zh: '须为完整地址，如 https://example.com。',
  });
}

/** `{"gold": "A", "silver": "B"}`: our tiers, and the values of the pick list. */
export function tierValuesOf(env: Environment, name: string): TierValues {
  const values = Object.entries(objectFrom(textOf(env, name)));
  if (values.length > 0 && values.every(([, value]) => typeof value === 'string')) {
    return Object.fromEntries(values) as TierValues;
  }
  throw new SettingFault(name, {
    en: 'must be a JSON object from tiers to values, as {"gold": "A"}.',
    zh: '须为等级到选项值的 JSON 对象，如 {"gold": "A"}。',
  });
}

export function portOf(env: Environment): number {
  const text = env['PORT'] ?? '9000';
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new SettingFault('PORT', {
    en: 'must be a number up to 65535.',
    zh: '须为不超过 65535 的数字。',
  });
}
