import {
  explanationToJson,
  formatRfc3339,
  tierChangeBody,
  tierChangeToJson,
} from '@strata/contracts';
import {
  activeSet,
  consideredFor,
  decidingPolicy,
  explain,
  type Instant,
  setOf,
  viewAt,
} from '@strata/domain';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { parseDate } from '../dates.ts';
import { withStack } from '../stack/with-stack.ts';
import { precedenceLines } from '../why/precedence-text.ts';
import type { CustomerHistory } from '../why/replay-customer.ts';
import { replaySurvivor } from '../why/replay-survivor.ts';
import { whyTexts } from '../why/texts.ts';
import { aliasLine, evidenceOf, whyText } from '../why/why-text.ts';

export const whyCommand = defineCommand({
  name: 'why',
  summary: {
    en: 'why a customer has its tier, then or now, and what would change it',
    zh: '客户为何是这个等级（现在或当时），以及什么会改变它',
  },
  operands: [{ name: 'CUSTOMER', about: { en: 'customer id', zh: '客户编号' } }],
  flags: {
    at: {
      kind: 'text',
      value: 'DATE',
      about: { en: 'as it was known then', zh: '按当时所知' },
    },
    'as-known-now': {
      kind: 'switch',
      about: {
        en: 'with --at: also counts what was only learnt later',
        zh: '与 --at 合用：也计入后来才得知的内容',
      },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: [
    'why 林记茶行',
    'why c1 --at 2026-03-31',
    'why c1 --at 2026-03-31 --as-known-now --json',
  ],
  run: (context, { flags, operands }) =>
    withStack(context, async (stack) => {
      const { language, stdout } = context;
      const named = stack.identity.ofWhole(operands[0] as string);
      const asked = flags.at === undefined ? null : parseDate('--at', flags.at, language);
      const known = { at: asked, isKnownNow: flags['as-known-now'] };
      const { aliases, customerId, replayed } = await replaySurvivor(stack, named, known);
      const texts = whyTexts(language);
      const { partition, state } = replayed;
      if (state === null) {
        stdout.write(`${texts.unknown(customerId)}\n`);
        return EXIT_CODES.failure;
      }
      const at = asked ?? clockOf(replayed);
      const query = { partition, customerId, state, at };
      const explanation = explain(query);
      // What has fallen due by then belongs to the story, settled by a record yet or not.
      const view = viewAt(query);
      const { setId } = view.state;
      const set = setId === null ? activeSet(partition) : setOf(partition, setId);
      const considered = set === null ? [] : consideredFor(set, view.state);
      const changes = [...replayed.changes, ...view.changes];
      const history = { ...replayed, state: view.state, changes };
      if (explanation === null) {
        stdout.write(`${texts.ungraded(customerId)}\n`);
        for (const it of precedenceLines(considered, language)) stdout.write(`${it}\n`);
        return EXIT_CODES.failure;
      }
      if (!flags.json) {
        for (const it of aliases) stdout.write(`${aliasLine(it, language)}\n`);
        stdout.write(whyText(explanation, { ...history, considered }, language));
        return EXIT_CODES.success;
      }
      const whole = {
        ...explanationToJson(explanation),
        considered,
        aliases: aliases.map((it) => ({ ...it, at: formatRfc3339(it.at) })),
        merges: [...history.merges.values()].map((it) => ({ ...it, at: formatRfc3339(it.at) })),
        evidence: evidenceOf(explanation, history),
        changes: history.changes.map((change) =>
          tierChangeToJson(
            tierChangeBody(change, partition.partition, decidingPolicy(partition, change)),
          ),
        ),
      };
      stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
      return EXIT_CODES.success;
    }),
});

/** The present instant of the stack: in data time the furthest clock the customer has seen, else the wall's. */
function clockOf({ partition, state }: CustomerHistory): Instant {
  const settled = Math.max(partition.clock, state?.clock ?? Number.NEGATIVE_INFINITY);
  return partition.time === 'data' ? settled : Math.max(settled, Date.now());
}
