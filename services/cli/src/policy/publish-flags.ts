import { userInfo } from 'node:os';
import { type AnnounceFlags, announceFlags, announceFromOf } from '../announce-flags.ts';
import type { CommandContext } from '../command.ts';

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
  ...announceFlags('all'),
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

export interface PublishFlags extends AnnounceFlags {
  readonly reason: string | undefined;
  readonly actor: string | undefined;
  readonly yes: boolean;
  readonly 'dry-run': boolean;
  readonly 'no-wait': boolean;
  readonly json: boolean;
}

/** What the flags say of how to publish. */
export function publishing(flags: PublishFlags, { language, env }: CommandContext) {
  const announceFrom = announceFromOf(flags, language);
  const by = flags.actor ?? env['USER'] ?? userInfo().username;
  return {
    by,
    reason: flags.reason ?? null,
    /** Everything, where nothing was said. */
    announceFrom: announceFrom === undefined ? 0 : announceFrom,
    isDryRun: flags['dry-run'],
    isAgreed: flags.yes,
    isJson: flags.json,
    waits: !flags['no-wait'],
  };
}
