import { randomUUID } from 'node:crypto';
import { formatRfc3339, overrideControlToJson } from '@strata/contracts';
import { activeSet, OVERRIDE_KINDS, type OverrideKind, type OverrideRecord } from '@strata/domain';
import { viewPartition } from '@strata/shard-state';
import { CliFault, EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { parseDate } from '../dates.ts';
import { catalogue } from '../messages/texts.ts';
import { partitionOfCustomer, sendDecision } from '../stack/send-decision.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';
import { replayCustomer } from '../why/replay-customer.ts';

const texts = catalogue({
  en: {
    oneOf: 'Give exactly one of --floor TIER, --lock TIER, --ceiling TIER and --clear.',
    clearHasNoEnd: '--clear takes effect at once: leave --until out.',
    noActor: 'Say who decides this: add --actor NAME.',
    noPolicy: 'No policy is in force yet: publish one with ./strata policy publish.',
    unknownTier: (tier: string, known: string) =>
      `No policy in force has a tier ${tier}. The tiers: ${known}.`,
    set: (customer: string, rule: string, until: string) => `${customer}: ${rule}, ${until}.`,
    rules: {
      floor: (tier: string) => `not below ${tier}`,
      lock: (tier: string) => `exactly ${tier}`,
      ceiling: (tier: string) => `not above ${tier}`,
    },
    until: (date: string) => `until ${date}`,
    always: 'until it is cleared',
    cleared: (customer: string) => `${customer}: the override is cleared.`,
    now: (tier: string) => `Tier now: ${tier}.`,
    waits: 'The customer has no tier yet; the override waits for the first one.',
  },
  zh: {
    oneOf: '请在 --floor TIER、--lock TIER、--ceiling TIER 与 --clear 中恰好选一项。',
    clearHasNoEnd: '--clear 立即生效：请去掉 --until。',
    noActor: '请注明由谁决定：加上 --actor NAME。',
    noPolicy: '尚无生效的策略：请先用 ./strata policy publish 发布。',
    unknownTier: (tier: string, known: string) =>
      `生效的策略中没有等级 ${tier}。现有等级：${known}。`,
    set: (customer: string, rule: string, until: string) => `${customer}：${rule}，${until}。`,
    rules: {
      floor: (tier: string) => `不低于 ${tier}`,
      lock: (tier: string) => `固定为 ${tier}`,
      ceiling: (tier: string) => `不高于 ${tier}`,
    },
    until: (date: string) => `至 ${date}`,
    always: '直至撤销',
    cleared: (customer: string) => `${customer}：人工调整已撤销。`,
    now: (tier: string) => `当前等级：${tier}。`,
    waits: '该客户尚无等级；人工调整将在首次定级时生效。',
  },
});

/** `./strata override`: a person's word about one customer's tier, in the log like everything that decides. */
export const overrideCommand = defineCommand({
  name: 'override',
  summary: {
    en: 'keeps a customer at, above or below a tier by hand, or takes that back',
    zh: '人工限定一位客户的等级（不低于、固定、不高于），或撤销限定',
  },
  operands: [{ name: 'CUSTOMER', about: { en: 'customer id', zh: '客户编号' } }],
  flags: {
    floor: { kind: 'text', value: 'TIER', about: { en: 'not below TIER', zh: '不低于 TIER' } },
    lock: { kind: 'text', value: 'TIER', about: { en: 'exactly TIER', zh: '固定为 TIER' } },
    ceiling: { kind: 'text', value: 'TIER', about: { en: 'not above TIER', zh: '不高于 TIER' } },
    clear: { kind: 'switch', about: { en: 'take the override back', zh: '撤销人工调整' } },
    reason: {
      kind: 'text',
      value: 'TEXT',
      isNeeded: true,
      about: { en: 'why; shown by why and in events', zh: '原因；显示在 why 与事件中' },
    },
    until: {
      kind: 'text',
      value: 'DATE',
      about: { en: 'in force before DATE', zh: '在 DATE 之前有效' },
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
    'override c1 --floor gold --reason "yearly contract" --until 2027-01-01 --actor ann',
    'override c1 --clear --reason "contract ended" --actor ann',
  ],
  run: (context, { flags, operands }) => {
    const customerId = operands[0] as string;
    const record = recordOf(context, { ...flags, customerId });
    return withStack(context, async (stack) => {
      await refuseUnknownTier(context, stack, record);
      const id = stack.identity.ofWhole(customerId);
      const json = overrideControlToJson({ ...record, customerId: id });
      await sendDecision(stack, { customerId: id, json }, context.signal);
      const { state } = await replayCustomer(stack, id, { at: null, isKnownNow: false });
      const tier = state?.standing?.tier ?? null;
      context.stdout.write(
        flags.json
          ? `${JSON.stringify({ ...overrideControlToJson(record), tierNow: tier })}\n`
          : told(context, record, tier),
      );
      return EXIT_CODES.success;
    });
  },
});

interface Asked extends Readonly<Partial<Record<OverrideKind, string | undefined>>> {
  readonly customerId: string;
  readonly clear: boolean;
  readonly reason: string;
  readonly until?: string | undefined;
  readonly actor?: string | undefined;
}

function recordOf({ language, env }: CommandContext, asked: Asked): OverrideRecord {
  const words = texts(language);
  const { customerId, reason } = asked;
  const given = OVERRIDE_KINDS.filter((kind) => asked[kind] !== undefined);
  const [kind] = given;
  if (given.length + (asked.clear ? 1 : 0) !== 1) throw new UsageFault(words.oneOf);
  const actor = asked.actor ?? env['USER'] ?? '';
  if (actor === '') throw new UsageFault(words.noActor);
  const id = randomUUID();
  if (kind === undefined) {
    if (asked.until !== undefined) throw new UsageFault(words.clearHasNoEnd);
    return { kind: 'override-cleared', id, customerId, reason, actor };
  }
  const until = asked.until === undefined ? null : parseDate('--until', asked.until, language);
  const override = { kind, tier: asked[kind] as string, reason, actor, until };
  return { kind: 'override-set', id, customerId, override };
}

/** Refused here with the names that are known; the fold would refuse it as a dead letter. */
async function refuseUnknownTier(
  { language }: CommandContext,
  stack: StackHandle,
  record: OverrideRecord,
): Promise<void> {
  if (record.kind === 'override-cleared') return;
  const words = texts(language);
  const { state } = await viewPartition(stack.store, partitionOfCustomer(stack, record.customerId));
  const set = activeSet(state);
  if (set === null) throw new CliFault('STRATA_CLI_NO_POLICY', words.noPolicy);
  const tiers = [...new Set(set.policies.flatMap(({ ladder }) => ladder))];
  const { tier } = record.override;
  if (tiers.includes(tier)) return;
  throw new CliFault('STRATA_CLI_UNKNOWN_TIER', words.unknownTier(tier, tiers.join(', ')));
}

function told({ language }: CommandContext, record: OverrideRecord, tier: string | null): string {
  const words = texts(language);
  const rest = tier === null ? words.waits : words.now(tier);
  if (record.kind === 'override-cleared') {
    return `${words.cleared(record.customerId)}\n${tier === null ? '' : `${rest}\n`}`;
  }
  const { kind, tier: limit, until } = record.override;
  const end = until === null ? words.always : words.until(formatRfc3339(until));
  return `${words.set(record.customerId, words.rules[kind](limit), end)}\n${rest}\n`;
}
