import { randomUUID } from 'node:crypto';
import { identifiedDecision, mergeControlToJson } from '@strata/contracts';
import type { MergeAsked } from '@strata/domain';
import { CliFault, EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { sendDecision } from '../stack/send-decision.ts';
import { withStack } from '../stack/with-stack.ts';
import { type CustomerHistory, replayCustomer } from '../why/replay-customer.ts';

const texts = catalogue({
  en: {
    noActor: 'Say who decides this: add --actor NAME.',
    oneCustomer: 'OTHER and SURVIVOR are one customer already: name two.',
    done: (other: string, survivor: string) =>
      `${other} is part of ${survivor} now; what still comes under that id counts for ${survivor}.`,
    now: (tier: string) => `Tier now: ${tier}.`,
    noTier: 'No policy grades the customer yet.',
    refused: {
      'merge-with-itself': () => 'Both sides of the merge are one customer: name two.',
      'unknown-customer': (customer: string) =>
        `Nothing was ever accepted of ${customer}. Ids are case-sensitive and stand as the source wrote them.`,
      'already-merged': (customer: string) =>
        `${customer} is part of another customer already. See of whom by ./strata why ${customer}, and name that one.`,
      'merge-in-progress': (customer: string) =>
        `${customer} takes part in another merge. Ask again when that one has ended.`,
    },
    unanswered:
      'The merge has no answer yet. See how far the services are by ./strata status; it goes on by itself.',
  },
  zh: {
    noActor: '请注明由谁决定：加上 --actor NAME。',
    oneCustomer: 'OTHER 与 SURVIVOR 是同一位客户：请填写两个不同的客户编号。',
    done: (other: string, survivor: string) =>
      `${other} 已并入 ${survivor}；此后以该编号到达的事件计入 ${survivor}。`,
    now: (tier: string) => `当前等级：${tier}。`,
    noTier: '尚无适用于该客户的策略。',
    refused: {
      'merge-with-itself': () => '合并的双方是同一位客户：请填写两个不同的客户编号。',
      'unknown-customer': (customer: string) =>
        `没有 ${customer} 的任何已接受的事件。客户编号区分大小写，须与来源系统一致。`,
      'already-merged': (customer: string) =>
        `${customer} 已并入另一位客户。请用 ./strata why ${customer} 查看并入了谁，再改用该客户编号。`,
      'merge-in-progress': (customer: string) =>
        `${customer} 正在另一次合并中。请待其结束后重新发起。`,
    },
    unanswered: '合并尚无结果。请用 ./strata status 查看各服务的进度；合并会自行继续。',
  },
});

/** `./strata merge`: two customers who turned out to be one, in the log like everything that decides. */
export const mergeCommand = defineCommand({
  name: 'merge',
  summary: {
    en: 'makes two customers one: everything of OTHER counts for SURVIVOR from now on',
    zh: '将两位客户合并为一位：OTHER 的一切此后计入 SURVIVOR',
  },
  operands: [
    {
      name: 'OTHER',
      about: {
        en: 'id of the customer who joins; it stays a second name',
        zh: '被并入的客户编号，此后为别名',
      },
    },
  ],
  flags: {
    into: {
      kind: 'text',
      value: 'SURVIVOR',
      isNeeded: true,
      about: { en: 'id of the customer who goes on', zh: '保留的客户编号' },
    },
    reason: {
      kind: 'text',
      value: 'TEXT',
      isNeeded: true,
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
  examples: ['merge c2 --into c1 --reason "same phone and name" --actor ann'],
  run: (context, { flags, operands }) => {
    const { language, env, stdout } = context;
    const words = texts(language);
    const otherId = operands[0] as string;
    const { into: survivorId, reason } = flags;
    const actor = flags.actor ?? env['USER'] ?? '';
    if (actor === '') throw new UsageFault(words.noActor);
    if (otherId === survivorId) throw new UsageFault(words.oneCustomer);
    const id = randomUUID();
    const record: MergeAsked = { kind: 'merge-asked', id, survivorId, otherId, reason, actor };
    return withStack(context, async (stack) => {
      const identified = identifiedDecision(record, stack.identity);
      const json = mergeControlToJson(identified);
      const customerId = identified.survivorId;
      await sendDecision(stack, { customerId, json }, context.signal);
      const history = await replayCustomer(stack, customerId, { at: null, isKnownNow: false });
      requireMerged(history, record, words);
      const tierNow = history.state?.standing?.tier ?? null;
      const told = tierNow === null ? words.noTier : words.now(tierNow);
      stdout.write(
        flags.json
          ? `${JSON.stringify({ ...json, tierNow })}\n`
          : `${words.done(otherId, survivorId)}\n${told}\n`,
      );
      return EXIT_CODES.success;
    });
  },
});

/** What the log has of the merge: that it came about, or why it did not. */
function requireMerged(
  { state, refusedMerges }: CustomerHistory,
  { id, survivorId, otherId }: MergeAsked,
  words: ReturnType<typeof texts>,
): void {
  if (state?.absorbed?.some(({ mergeId }) => mergeId === id) === true) return;
  const refused = refusedMerges.get(id);
  if (refused === undefined) throw new CliFault('STRATA_CLI_MERGE_UNANSWERED', words.unanswered);
  const sentence: (customer: string) => string = words.refused[refused.reason];
  const customer = refused.by === 'survivor' ? survivorId : otherId;
  throw new CliFault('STRATA_CLI_MERGE_REFUSED', sentence(customer));
}
