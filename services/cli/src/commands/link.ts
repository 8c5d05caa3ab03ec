import { randomUUID } from 'node:crypto';
import { eventToIntakeJson, identifiedEvent } from '@strata/contracts';
import { type Link, linkIdOf } from '@strata/domain';
import { CliFault, EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { sendDecision } from '../stack/send-decision.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';
import { replaySurvivor } from '../why/replay-survivor.ts';

const texts = catalogue({
  en: {
    noActor: 'Say who decides this: add --actor NAME.',
    done: (other: string, customer: string) =>
      `${other} is ${customer}; what comes under that id counts for ${customer}.`,
    now: (tier: string) => `Tier now: ${tier}.`,
    noTier: 'No policy grades the customer yet.',
    refused: {
      taken: (other: string) =>
        `${other} is another customer's already. See whose by ./strata why ${other}; a link cannot be taken back.`,
      busy: (other: string) =>
        `${other} takes part in a merge that does not end. See ./strata status, then ask again.`,
    },
    unanswered:
      'The link has no answer yet. See how far the services are by ./strata status; it goes on by itself.',
  },
  zh: {
    noActor: '请注明由谁决定：加上 --actor NAME。',
    done: (other: string, customer: string) =>
      `${other} 即 ${customer}；以该编号到达的事件均计入 ${customer}。`,
    now: (tier: string) => `当前等级：${tier}。`,
    noTier: '尚无适用于该客户的策略。',
    refused: {
      taken: (other: string) =>
        `${other} 已属于另一位客户。请用 ./strata why ${other} 查看属于谁；关联无法撤回。`,
      busy: (other: string) => `${other} 正在一次尚未结束的合并中。请查看 ./strata status 后重试。`,
    },
    unanswered: '关联尚无结果。请用 ./strata status 查看各服务的进度；关联会自行继续。',
  },
});

/** `./strata link`: another id of a customer, in the log like everything that decides. */
export const linkCommand = defineCommand({
  name: 'link',
  summary: {
    en: 'says whose an id is: of a guest, of a device, or in another system',
    zh: '说明某个编号属于哪位客户：访客、设备，或其他系统中的编号',
  },
  operands: [{ name: 'ID', about: { en: 'the other id', zh: '另一个编号' } }],
  flags: {
    to: {
      kind: 'text',
      value: 'CUSTOMER',
      isNeeded: true,
      about: { en: 'id of the customer', zh: '客户编号' },
    },
    source: {
      kind: 'text',
      value: 'SOURCE',
      about: {
        en: 'system that numbers ID, where it has ids of its own',
        zh: '为 ID 编号的系统（若其编号自成一体）',
      },
    },
    reason: {
      kind: 'text',
      value: 'TEXT',
      about: { en: 'why; shown by why', zh: '原因；显示在 why 中' },
    },
    actor: {
      kind: 'text',
      value: 'NAME',
      about: {
        en: 'who decides; default: the user of the terminal',
        zh: '由谁决定；默认为终端用户',
      },
    },
    json: { kind: 'switch', about: { en: 'the result as JSON', zh: '以 JSON 输出结果' } },
  },
  examples: [
    'link guest:9f86d081 --to c1 --actor ann',
    'link 17 --source desk --to c1 --reason "same phone" --actor ann',
  ],
  run: (context, { flags, operands }) => {
    const { language, stdout } = context;
    const words = texts(language);
    const event = linkOf(context, { ...flags, linkedId: operands[0] as string });
    return withStack(context, async (stack) => {
      const link = identifiedEvent(event, stack.identity) as Link;
      const json = eventToIntakeJson(link);
      await sendDecision(stack, { customerId: link.customerId, json }, context.signal);
      const tierNow = await tierOfLinked(stack, link, { event, words });
      const told = tierNow === null ? words.noTier : words.now(tierNow);
      stdout.write(
        flags.json
          ? `${JSON.stringify({ ...json, tierNow })}\n`
          : `${words.done(event.linkedId, event.customerId)}\n${told}\n`,
      );
      return EXIT_CODES.success;
    });
  },
});

interface Asked {
  readonly linkedId: string;
  readonly to: string;
  readonly source?: string | undefined;
  readonly reason?: string | undefined;
  readonly actor?: string | undefined;
}

function linkOf({ env, language }: CommandContext, asked: Asked): Link {
  const actor = asked.actor ?? env['USER'] ?? '';
  if (actor === '') throw new UsageFault(texts(language).noActor);
  const { linkedId, to: customerId, source: linkedSource, reason } = asked;
  return {
    type: 'link',
    source: 'strata-link',
    eventId: randomUUID(),
    customerId,
    occurredAt: Date.now(),
    linkedId,
    actor,
    ...(linkedSource === undefined ? {} : { linkedSource }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The tier of the customer whom both ids name now; a fault where they name two. */
async function tierOfLinked(
  stack: StackHandle,
  link: Link,
  { event, words }: { readonly event: Link; readonly words: ReturnType<typeof texts> },
): Promise<string | null> {
  const now = { at: null, isKnownNow: false };
  const customer = await replaySurvivor(stack, link.customerId, now);
  const other = await replaySurvivor(stack, link.linkedId, now);
  if (customer.customerId === other.customerId) {
    return customer.replayed.state?.standing?.tier ?? null;
  }
  const refused = customer.replayed.refusedMerges.get(linkIdOf(link));
  if (refused === undefined) throw new CliFault('STRATA_CLI_LINK_UNANSWERED', words.unanswered);
  const { taken, busy } = words.refused;
  const sentence = refused.reason === 'merge-in-progress' ? busy : taken;
  throw new CliFault('STRATA_CLI_LINK_REFUSED', sentence(event.linkedId));
}
