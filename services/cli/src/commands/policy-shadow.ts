import { problemText } from '@strata/yaml-file';
import { announceFlags } from '../announce-flags.ts';
import { EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { policyGround } from '../policy/policy-ground.ts';
import { PUBLISH_FLAGS, publishing } from '../policy/publish-flags.ts';
import { publishShadow } from '../policy/publish-shadow.ts';
import { shadowTexts } from '../policy/shadow-texts.ts';
import { showShadow } from '../policy/show-shadow.ts';
import { readPolicy } from '../policy-choice.ts';
import { policyNames } from '../policy-names.ts';
import { refuseUncalibrated } from '../stack/load-policy.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';

const { reason, actor, json } = PUBLISH_FLAGS;

/** `./strata policy shadow`: a set runs beside the one in force, over the same state, and tells nobody outside. */
export const policyShadowCommand = defineCommand({
  name: 'policy shadow',
  summary: {
    en: 'tries a policy beside the one in force, over the same customers, and shows what it would do',
    zh: '在现行策略旁试行另一策略（影子策略），查看其影响，不对外发出变更',
  },
  operands: [
    {
      name: 'FILE',
      isOptional: true,
      about: {
        en: 'policy file or preset to try; without it, the one that is tried is shown',
        zh: '要试行的策略文件或预设；省略则显示当前影子策略',
      },
    },
  ],
  flags: {
    stop: { kind: 'switch', about: { en: 'try none any more', zh: '停止试行' } },
    changes: {
      kind: 'text',
      value: 'OUT.ndjson',
      about: {
        en: 'writes each tier change that it would bring now',
        zh: '写出其现在会带来的每条等级变更',
      },
    },
    reason,
    actor,
    ...announceFlags('all'),
    json,
  },
  examples: [
    'policy shadow my-policy.yaml --reason "softer gold"',
    'policy shadow --changes would-be.ndjson',
    'policy shadow --stop',
  ],
  run: async (context, { operands, flags }) => {
    const [policy] = operands;
    const words = shadowTexts(context.language);
    if (flags.stop && policy !== undefined) throw new UsageFault(words.fileAndStop);
    if (flags.stop && flags.changes !== undefined) throw new UsageFault(words.changesAndStop);
    const how = publishing({ ...flags, yes: true, 'dry-run': false, 'no-wait': true }, context);
    return withStack(context, async (stack) => {
      if (flags.stop) return stop(context, stack, how);
      if (policy !== undefined && !(await start(context, stack, { ...how, policy }))) {
        return EXIT_CODES.success;
      }
      return show(context, stack, { path: flags.changes ?? null, isJson: flags.json });
    });
  },
});

type How = ReturnType<typeof publishing>;

/** False where the set is in force already. What is refused is refused as a publication would be. */
async function start(
  context: CommandContext,
  stack: StackHandle,
  { policy, by: publishedBy, ...how }: How & { readonly policy: string },
): Promise<boolean> {
  const { cwd, language, stderr, stdout } = context;
  const words = shadowTexts(language);
  const book = await readPolicyBook(stack);
  const ground = await policyGround(stack, book);
  const { set, warnings } = await readPolicy({ policy, cwd, language, ground });
  for (const warning of warnings) stderr.write(`${problemText(warning, language)}\n`);
  refuseUncalibrated(set, policy, book);
  const names = policyNames(set, language);
  if (book.inForce?.set.id === set.id) {
    stdout.write(`${words.inForce(names)}\n`);
    return false;
  }
  const { reason, announceFrom, isJson } = how;
  const publishedAt = Date.now();
  await publishShadow(stack, { set, announceFrom, publishedAt, publishedBy, reason });
  const { shadow } = await readPolicyBook(stack);
  if (!isJson) stdout.write(`${words.started(names, shadow?.number ?? 0)}\n\n`);
  return true;
}

async function stop(
  context: CommandContext,
  stack: StackHandle,
  { by: publishedBy, reason, announceFrom }: How,
): Promise<ExitCode> {
  const { language, stdout } = context;
  const words = shadowTexts(language);
  const { shadow } = await readPolicyBook(stack);
  if (shadow === null) {
    stdout.write(`${words.none}\n`);
    return EXIT_CODES.failure;
  }
  const publishedAt = Date.now();
  await publishShadow(stack, { set: null, announceFrom, publishedAt, publishedBy, reason });
  stdout.write(`${words.ended(policyNames(shadow.set, language))}\n`);
  return EXIT_CODES.success;
}

async function show(
  context: CommandContext,
  stack: StackHandle,
  how: { readonly path: string | null; readonly isJson: boolean },
): Promise<ExitCode> {
  const book = await readPolicyBook(stack);
  const { shadow } = book;
  if (shadow !== null) return showShadow(context, stack, { ...how, book, shadow });
  if (how.isJson) context.stdout.write(`${JSON.stringify({ ok: false, number: null })}\n`);
  else context.stdout.write(`${shadowTexts(context.language).none}\n`);
  return EXIT_CODES.failure;
}
