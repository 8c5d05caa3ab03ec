import { TIER_CHANGE_TYPES } from '@strata/domain';

export interface BothLanguages {
  readonly en: string;
  readonly zh: string;
}

const secretRemedy = "node -p \"'whsec_' + crypto.randomBytes(32).toString('base64')\"";

/** What can be wrong with a subscription, with the remedy: each sentence stands behind the name of its field. */
export const CONTENT_SENTENCES = {
  noObject: { en: 'must be an object with a url', zh: '必须是包含 url 的对象' },
  unknownField: { en: 'is no field of a subscription', zh: '不是订阅的字段' },
  idAbsent: { en: 'must be a name of your choice', zh: '必须是自选的名称' },
  idForm: {
    en: 'must be 1 to 64 of a-z, 0-9, - and _, and begin with a letter or digit',
    zh: '必须为 1 到 64 个字符（a-z、0-9、-、_），并以字母或数字开头',
  },
  urlAbsent: { en: 'must be the address to post to', zh: '必须是接收 POST 的地址' },
  urlForm: {
    en: 'must be a whole address such as https://example.org/hook',
    zh: '必须是完整地址，例如 https://example.org/hook',
  },
  urlScheme: {
    en: 'must begin with https:// (http:// is for a local stack: STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES=true)',
    zh: '必须以 https:// 开头（http:// 仅限本地栈：STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES=true）',
  },
  urlCredentials: {
    en: 'must carry no user name and no password; the receiver checks the signature instead',
    zh: '不得包含用户名或密码；由接收方校验签名',
  },
  urlPrivate: {
    en: 'must not be a private, loopback or reserved address; give a public name, or allow them on a local stack',
    zh: '不得是私有、回环或保留地址；请使用公网域名，或在本地栈中放行',
  },
  description: { en: 'must be a text of at most 500 characters', zh: '必须是不超过 500 字的文本' },
  type: {
    en: `must be of: ${TIER_CHANGE_TYPES.join(', ')}`,
    zh: `必须是：${TIER_CHANGE_TYPES.join('、')} 之一`,
  },
  noType: { en: 'must name a type, or be left out for all', zh: '请至少写一个类型；不写表示全部' },
  direction: { en: 'must be of: up, down, none', zh: '必须是 up、down、none 之一' },
  noDirection: {
    en: 'must name a direction, or be left out for all',
    zh: '请至少写一个方向；不写表示全部',
  },
  tier: { en: 'must be the name of a tier', zh: '必须是等级名称' },
  noTier: { en: 'must name a tier, or be left out for all', zh: '请至少写一个等级；不写表示全部' },
  segment: { en: 'must be the name of a segment', zh: '必须是客户分群名称' },
  noSegment: {
    en: 'must name a segment, or be left out for all',
    zh: '请至少写一个客户分群；不写表示全部',
  },
  tooMany: { en: 'must name at most 100', zh: '最多 100 个' },
  minimumSteps: {
    en: 'must be a whole number of rungs, 1 to 20',
    zh: '必须是 1 到 20 的整数（跨越的等级数）',
  },
  flag: { en: 'must be true or false', zh: '必须是 true 或 false' },
  deliver: { en: 'must be of: every, latest', zh: '必须是 every 或 latest' },
  concurrency: { en: 'must be a whole number, 1 to 50', zh: '必须是 1 到 50 的整数' },
  perSecond: { en: 'must be a number, 0.01 to 10000', zh: '必须是 0.01 到 10000 的数' },
  secret: {
    en: `must be whsec_ and the base64 of 24 to 64 random bytes, for example from: ${secretRemedy}`,
    zh: `必须是 whsec_ 加上 24 到 64 个随机字节的 base64，例如：${secretRemedy}`,
  },
} as const satisfies Readonly<Record<string, BothLanguages>>;

const CHINESE: ReadonlyMap<string, string> = new Map(
  Object.values(CONTENT_SENTENCES).map(({ en, zh }) => [en, zh]),
);

/** The Chinese of a sentence of a content problem; a sentence of nobody's stays as it is. */
export function inChinese(sentence: string): string {
  return CHINESE.get(sentence) ?? sentence;
}
