import { checkContent, inChinese, type SubscriptionContent } from '@strata/subscriptions';
import { UsageFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { subscriptionTexts } from './texts.ts';

/** Takes a filter or a limit away again. */
const ALL = 'all';
const NONE = 'none';

/** What `add` and `change` say about the content. */
export const CONTENT_FLAGS = {
  description: {
    kind: 'text',
    value: 'TEXT',
    about: { en: 'what it is for', zh: '用途说明' },
  },
  type: {
    kind: 'texts',
    value: 'TYPE',
    about: {
      en: 'only changes of this type: assigned, promoted, demoted, renewed, at-risk, withdrawn; may be repeated; all: every type',
      zh: '仅此类型的变更：assigned、promoted、demoted、renewed、at-risk、withdrawn；可重复；all 表示全部',
    },
  },
  direction: {
    kind: 'texts',
    value: 'WAY',
    about: {
      en: 'only where the change leads up, down or none; may be repeated; all: every way',
      zh: '仅此方向：up、down、none；可重复；all 表示全部',
    },
  },
  tier: {
    kind: 'texts',
    value: 'TIER',
    about: {
      en: 'only where this is the tier afterwards; may be repeated; all: every tier',
      zh: '仅变更后为此等级；可重复；all 表示全部',
    },
  },
  segment: {
    kind: 'texts',
    value: 'NAME',
    about: {
      en: 'only customers of this segment; may be repeated; all: everybody',
      zh: '仅此客户分群；可重复；all 表示全部',
    },
  },
  'minimum-steps': {
    kind: 'text',
    value: 'N',
    about: {
      en: 'only changes over so many rungs of the ladder; default: 1',
      zh: '仅跨越至少 N 级的变更；默认 1',
    },
  },
  backfill: {
    kind: 'text',
    value: 'yes|no',
    choices: ['yes', 'no'],
    about: {
      en: 'also what a backfill brought about; default: no',
      zh: '是否包含回填产生的变更；默认 no',
    },
  },
  operational: {
    kind: 'text',
    value: 'yes|no',
    choices: ['yes', 'no'],
    about: {
      en: 'also of endpoints: disabled, a delivery given up; default: no',
      zh: '是否接收关于接收端的通知（停用、放弃投递）；默认 no',
    },
  },
  deliver: {
    kind: 'text',
    value: 'MODE',
    choices: ['every', 'latest'],
    about: {
      en: 'latest: a newer change of a customer replaces undelivered older ones; default: every',
      zh: 'latest：同一客户的新变更取代未投递的旧变更；默认 every',
    },
  },
  concurrency: {
    kind: 'text',
    value: 'N',
    about: {
      en: 'webhooks in flight at once, 1 to 50; default: 8',
      zh: '同时投递数，1 到 50；默认 8',
    },
  },
  'per-second': {
    kind: 'text',
    value: 'N',
    about: { en: 'webhooks a second at most; none: no limit', zh: '每秒最多投递数；none 表示不限' },
  },
} as const;

interface ContentValues {
  readonly url?: string | undefined;
  readonly description?: string | undefined;
  readonly type: readonly string[];
  readonly direction: readonly string[];
  readonly tier: readonly string[];
  readonly segment: readonly string[];
  readonly 'minimum-steps'?: string | undefined;
  readonly backfill?: string | undefined;
  readonly operational?: string | undefined;
  readonly deliver?: string | undefined;
  readonly concurrency?: string | undefined;
  readonly 'per-second'?: string | undefined;
}

const FLAG_OF: Readonly<Record<string, string>> = {
  types: '--type',
  directions: '--direction',
  tiers: '--tier',
  segments: '--segment',
  minimumSteps: '--minimum-steps',
  perSecond: '--per-second',
};

/** The fields that flags name, as `checkContent` reads them. */
export function writtenContent(flags: ContentValues): Readonly<Record<string, unknown>> {
  const said: Record<string, unknown> = {
    url: flags.url,
    description: flags.description,
    types: namesOf(flags.type),
    directions: namesOf(flags.direction),
    tiers: namesOf(flags.tier),
    segments: namesOf(flags.segment),
    minimumSteps: numberOf(flags['minimum-steps']),
    backfill: switchOf(flags.backfill),
    operational: switchOf(flags.operational),
    deliver: flags.deliver,
    concurrency: numberOf(flags.concurrency),
    perSecond: flags['per-second'] === NONE ? null : numberOf(flags['per-second']),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** @throws UsageFault that names every flag that is wrong, and what to write instead. */
export function soundContent(
  { language }: CommandContext,
  stack: Pick<StackHandle, 'arePrivateAddressesAllowed'>,
  written: Readonly<Record<string, unknown>>,
): SubscriptionContent {
  const { arePrivateAddressesAllowed } = stack;
  const checked = checkContent(written, {
    isHttpAllowed: arePrivateAddressesAllowed,
    arePrivateAddressesAllowed,
  });
  if ('content' in checked) return checked.content;
  const sentences = checked.problems.map(({ path, sentence }) => {
    const field = String(path[0] ?? '');
    const said = language === 'zh' ? inChinese(sentence) : sentence;
    return subscriptionTexts(language).problem(FLAG_OF[field] ?? `--${field}`, said);
  });
  throw new UsageFault(sentences.join(' '));
}

function namesOf(values: readonly string[]): readonly string[] | null | undefined {
  if (values.length === 0) return undefined;
  return values.includes(ALL) ? null : values;
}

/** What is no number stays a text, which the check then names. */
function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function switchOf(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'yes';
}
