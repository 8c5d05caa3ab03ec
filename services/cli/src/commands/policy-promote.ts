import { announceFromOf } from '../announce-flags.ts';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { offerPolicy } from '../policy/offer-policy.ts';
import { PUBLISH_FLAGS, publishing } from '../policy/publish-flags.ts';
import { shadowTexts } from '../policy/shadow-texts.ts';
import { policyNames } from '../policy-names.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import { withStack } from '../stack/with-stack.ts';

/** `./strata policy promote`: what was tried beside the policy in force takes its place, as it was tried. */
export const policyPromoteCommand = defineCommand({
  name: 'policy promote',
  summary: {
    en: 'puts the shadow in force: shows what it does, asks, and waits until everybody has passed it',
    zh: '使影子策略生效：显示影响、确认，并等待全部客户重新定级',
  },
  flags: PUBLISH_FLAGS,
  examples: ['policy promote --dry-run', 'policy promote --yes'],
  run: async (context, { flags }) => {
    const { language, stdout } = context;
    const words = shadowTexts(language);
    const how = publishing(flags, context);
    const isSaid = announceFromOf(flags, language) !== undefined;
    return withStack(context, async (stack) => {
      const book = await readPolicyBook(stack);
      const { shadow } = book;
      if (shadow === null) {
        stdout.write(`${words.none}\n`);
        return EXIT_CODES.failure;
      }
      const { set, number, announceFrom, reason } = shadow;
      if (!flags.json) stdout.write(`${words.promoting(policyNames(set, language), number)}\n\n`);
      return offerPolicy(context, stack, {
        ...how,
        set,
        book,
        reason: how.reason ?? reason,
        announceFrom: isSaid ? how.announceFrom : announceFrom,
      });
    });
  },
});
