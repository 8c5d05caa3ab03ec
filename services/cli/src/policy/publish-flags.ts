import { userInfo } from 'node:os';
import type { AnnounceFrom } from '@strata/domain';
import { UsageFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { publishTexts } from './publish-texts.ts';

/** A ladder has no more tiers than this. */
const STEPS_MAX = 64;

/** What publishing and rolling back ask alike. */
export const PUBLISH_FLAGS = {
  reason: {
    kind: 'text',
    value: 'TEXT',
    about: { en: 'why; it stays in the history of the policy', zh: '原因；会留在发布记录中' },
  },
  actor: {
    kind: 'text',
    value: 'NAME',
    about: {
      en: 'who decides; default: the user of the terminal',
      zh: '由谁决定；默认为终端用户',
    },
  },
  'announce-from': {
    kind: 'text',
    value: 'STEPS',
    about: {
      en: 'announce only changes over so many steps of the ladder; default: 0, all',
      zh: '只通知跨这么多级及以上的等级变更；默认 0，即全部',
    },
  },
  'hold-back': {
    kind: 'switch',
    about: {
      en: 'announce none: all come as backfill, which subscriptions may leave out',
      zh: '全部不通知：仅以回填方式发出，订阅可不接收',
    },
  },
  yes: { kind: 'switch', about: { en: 'publish without asking', zh: '不再询问，直接发布' } },
  'dry-run': {
    kind: 'switch',
    about: { en: 'only show what would change, and for whom', zh: '仅显示变化与影响，不发布' },
  },
  'no-wait': {
    kind: 'switch',
    about: {
      en: 'do not wait until everybody has passed it',
      zh: '不等待所有客户重新定级',
    },
  },
  json: { kind: 'switch', about: { en: 'the result as JSON', zh: '以 JSON 输出结果' } },
} as const;

export interface PublishFlags {
  readonly reason: string | undefined;
  readonly actor: string | undefined;
  readonly 'announce-from': string | undefined;
  readonly 'hold-back': boolean;
  readonly yes: boolean;
  readonly 'dry-run': boolean;
  readonly 'no-wait': boolean;
  readonly json: boolean;
}

/** What the flags say of how to publish. */
export function publishing(flags: PublishFlags, { language, env }: CommandContext) {
  const words = publishTexts(language);
  const by = flags.actor ?? env['USER'] ?? userInfo().username;
  if (flags['hold-back'] && flags['announce-from'] !== undefined) {
    throw new UsageFault(words.stepsAndHoldBack);
  }
  return {
    by,
    reason: flags.reason ?? null,
    announceFrom: flags['hold-back'] ? null : stepsOf(flags['announce-from'], language),
    isDryRun: flags['dry-run'],
    isAgreed: flags.yes,
    isJson: flags.json,
    waits: !flags['no-wait'],
  };
}

function stepsOf(text: string | undefined, language: CommandContext['language']): AnnounceFrom {
  if (text === undefined) return 0;
  const steps = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(steps <= STEPS_MAX)) throw new UsageFault(publishTexts(language).badSteps(text));
  return steps;
}
