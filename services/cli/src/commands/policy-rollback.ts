import type { PublishedPolicy } from '@strata/contracts';
import { parsePolicyFile, policySetYaml } from '@strata/policy-file';
import { problemText } from '@strata/yaml-file';
import { CliFault, EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import type { Language } from '../language.ts';
import { formerPublication } from '../policy/find-publication.ts';
import { offerPolicy } from '../policy/offer-policy.ts';
import { policyGround } from '../policy/policy-ground.ts';
import { publicationOf } from '../policy/publication-of.ts';
import { PUBLISH_FLAGS, publishing } from '../policy/publish-flags.ts';
import { publishTexts } from '../policy/publish-texts.ts';
import { PolicyFileFault, type PolicyGround } from '../policy-choice.ts';
import { policyNames } from '../policy-names.ts';
import { refuseUncalibrated } from '../stack/load-policy.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import { withStack } from '../stack/with-stack.ts';

/** `./strata policy rollback`: an earlier set is published again, like any other, so the log tells of it as of any other. */
export const policyRollbackCommand = defineCommand({
  name: 'policy rollback',
  summary: {
    en: 'puts an earlier policy set in force again: its borders come back, not the past',
    zh: '使较早的策略集重新生效：恢复的是等级门槛，不是过去',
  },
  operands: [
    {
      name: 'SET',
      isOptional: true,
      about: {
        en: 'number, id or NAME@VERSION; default: the set that was in force before this one',
        zh: '编号、标识或名称@版本；默认为上一个生效的策略集',
      },
    },
  ],
  flags: PUBLISH_FLAGS,
  examples: ['policy rollback --dry-run', 'policy rollback shop@1 --reason "too harsh" --yes'],
  run: async (context, { operands, flags }) => {
    const { language, stdout } = context;
    const words = publishTexts(language);
    const how = publishing(flags, context);
    try {
      return await withStack(context, async (stack) => {
        const book = await readPolicyBook(stack);
        const [named] = operands;
        const target =
          named === undefined
            ? formerPublication(book.policies)
            : publicationOf(book.policies, named, language);
        if (target === null) throw new CliFault('STRATA_CLI_NO_FORMER_POLICY', words.noFormer);
        const { set, number, standing } = target;
        if (standing === 'void') {
          throw new CliFault('STRATA_CLI_VOID_POLICY', words.voidTarget(number));
        }
        refuseUnfit(target, await policyGround(stack, book), language);
        refuseUncalibrated(set, `${number}`, book);
        if (!flags.json) stdout.write(`${words.rollback(number, policyNames(set, language))}\n\n`);
        const reason = how.reason ?? words.rollbackReason(number);
        return offerPolicy(context, stack, { ...how, reason, set, book });
      });
    } catch (fault) {
      if (!(fault instanceof PolicyFileFault) || !flags.json) throw fault;
      stdout.write(`${JSON.stringify({ ok: false, problems: fault.problems })}\n`);
      return EXIT_CODES.failure;
    }
  },
});

/** What was fit once may not be now: a tier that came since would be gone again, and nothing says where to. */
function refuseUnfit(
  { set, number }: PublishedPolicy,
  { checks }: PolicyGround,
  language: Language,
): void {
  const text = policySetYaml(set);
  const result = parsePolicyFile(text, { ...checks, file: `${number}.yaml` });
  if (result.ok) return;
  throw new RollbackFault(result.problems, { number, language });
}

class RollbackFault extends PolicyFileFault {
  constructor(
    problems: PolicyFileFault['problems'],
    { number, language }: { readonly number: number; readonly language: Language },
  ) {
    super(problems, language);
    const lines = problems.map((it) => problemText(it, language));
    const remedy = publishTexts(language).backRemedy(`${number}`, `${number}.yaml`);
    this.message = [...lines, remedy].join('\n');
  }
}
