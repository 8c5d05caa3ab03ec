import type { AnnounceFrom } from '@strata/domain';
import { UsageFault } from './cli-fault.ts';
import type { Language } from './language.ts';
import { catalogue } from './messages/texts.ts';

const texts = catalogue({
  en: {
    badSteps: (text: string) =>
      `'${text}' is no value for --announce-from: write a whole number of steps from 0 (all) to 64.`,
    bothSaid: 'Write --announce-from or --hold-back, not both.',
  },
  zh: {
    badSteps: (text: string) =>
      `“${text}”不能用于 --announce-from：请写 0（全部）到 64 之间的整数级数。`,
    bothSaid: '--announce-from 与 --hold-back 只能写一个。',
  },
});

/** A ladder has no more tiers than this. */
const STEPS_MAX = 64;

const DEFAULTS = {
  all: { en: '; default: 0, all', zh: '；默认 0，即全部' },
  none: { en: '; 0: all', zh: '；0 为全部' },
};
const HOLD_BACK_DEFAULTS = { all: { en: '', zh: '' }, none: { en: ' (default)', zh: '（默认）' } };

/** How much of what comes to everybody at once is announced: asked alike wherever that happens. */
export function announceFlags(byDefault: 'all' | 'none') {
  const [steps, held] = [DEFAULTS[byDefault], HOLD_BACK_DEFAULTS[byDefault]];
  return {
    'announce-from': {
      kind: 'text',
      value: 'STEPS',
      about: {
        en: `announce only changes over so many steps of the ladder${steps.en}`,
        zh: `只通知跨这么多级及以上的等级变更${steps.zh}`,
      },
    },
    'hold-back': {
      kind: 'switch',
      about: {
        en: `announce none${held.en}: all come as backfill, which subscriptions may leave out`,
        zh: `全部不通知${held.zh}：仅以回填方式发出，订阅可不接收`,
      },
    },
  } as const;
}

export interface AnnounceFlags {
  readonly 'announce-from': string | undefined;
  readonly 'hold-back': boolean;
}

/** Undefined where nothing was said. */
export function announceFromOf(flags: AnnounceFlags, language: Language): AnnounceFrom | undefined {
  const { 'announce-from': text, 'hold-back': isHeldBack } = flags;
  if (text === undefined) return isHeldBack ? null : undefined;
  if (isHeldBack) throw new UsageFault(texts(language).bothSaid);
  const steps = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(steps <= STEPS_MAX)) throw new UsageFault(texts(language).badSteps(text));
  return steps;
}
