import { isPresent, removal, standingChange, subscriptionJson } from '@strata/subscriptions';
import { EXIT_CODES } from '../cli-fault.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Text } from '../messages/texts.ts';
import { withStack } from '../stack/with-stack.ts';
import {
  change,
  ID_OPERAND,
  JSON_FLAG,
  requestOf,
  WHO_FLAGS,
} from '../subscription/subscription-desk.ts';
import { subscriptionTexts } from '../subscription/texts.ts';

type Kind =
  | 'subscription-paused'
  | 'subscription-resumed'
  | 'subscription-enabled'
  | 'subscription-removed';

/** The commands that say nothing but how a subscription stands from now on. */
function standingCommand(verb: string, kind: Kind, summary: Text): Command {
  return defineCommand({
    name: `subscription ${verb}`,
    summary,
    operands: [ID_OPERAND],
    flags: { ...WHO_FLAGS, ...JSON_FLAG },
    examples: [`subscription ${verb} crm --reason "new endpoint" --actor ann`],
    run: (context, { flags, operands }) => {
      const [id = ''] = operands;
      const request = requestOf(context, id, flags);
      return withStack(context, async (stack) => {
        const to = kind === 'subscription-removed' ? removal(id) : standingChange(id, kind);
        const state = await change(context, stack, { request, to });
        const json = isPresent(state) ? subscriptionJson(state) : { id, version: state.version };
        context.stdout.write(
          flags.json
            ? `${JSON.stringify(json)}\n`
            : `${subscriptionTexts(context.language).done[kind](id)}\n`,
        );
        return EXIT_CODES.success;
      });
    },
  });
}

export const subscriptionPauseCommand = standingCommand('pause', 'subscription-paused', {
  en: 'holds the deliveries of a subscription until it is resumed',
  zh: '暂停一个订阅的投递，直至恢复',
});
export const subscriptionResumeCommand = standingCommand('resume', 'subscription-resumed', {
  en: 'lets a paused subscription go on with what waited',
  zh: '恢复已暂停的订阅，继续投递等待中的变更',
});
export const subscriptionEnableCommand = standingCommand('enable', 'subscription-enabled', {
  en: 'puts back a subscription that the notifier disabled',
  zh: '重新启用被通知服务停用的订阅',
});
export const subscriptionRemoveCommand = standingCommand('remove', 'subscription-removed', {
  en: 'ends a subscription; its history stays',
  zh: '删除一个订阅；其历史保留',
});
