import { resolve } from 'node:path';
import { formatRfc3339, type PolicyBook, type PublishedShadow } from '@strata/contracts';
import type { TierChange } from '@strata/domain';
import { EXIT_CODES, type ExitCode } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { OutFile } from '../out-file.ts';
import { policyNames } from '../policy-names.ts';
import { groupDigits, Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { impactJson } from './impact-json.ts';
import { type Impact, impactText } from './impact-text.ts';
import { measureImpact } from './measure-impact.ts';
import { publishTexts } from './publish-texts.ts';
import { shadowTexts } from './shadow-texts.ts';

/** What the shadow would do to everybody now; and, where a path is given, each tier change that it would bring. */
export async function showShadow(
  context: CommandContext,
  stack: StackHandle,
  {
    book,
    shadow,
    path,
    isJson,
  }: {
    readonly book: PolicyBook;
    readonly shadow: PublishedShadow;
    readonly path: string | null;
    readonly isJson: boolean;
  },
): Promise<ExitCode> {
  const { language, stdout } = context;
  const { set, number, announceFrom, publishedBy } = shadow;
  const words = publishTexts(language);
  const progress = new Progress({
    context,
    label: words.evaluating,
    unit: words.customers,
    share: () => null,
  });
  const file = path === null ? null : new OutFile(resolve(context.cwd, path), language);
  await file?.ready();
  let changes = 0;
  let impact: Impact;
  try {
    impact = await measureImpact(
      stack,
      { set, announceFrom, calibration: book.calibrationOf(set.id) },
      {
        before: book.inForce?.set ?? null,
        nowMs: Date.now(),
        signal: context.signal,
        onCustomers: (count) => progress.advance(count),
        onChange: async (change) => {
          changes += 1;
          await file?.write(`${JSON.stringify(lineOf(change))}\n`);
        },
      },
    );
  } catch (fault) {
    await file?.discard();
    throw fault;
  }
  progress.end();
  await file?.publish();
  if (isJson) {
    const told = { ok: true, number, id: set.id, impact: impactJson(impact) };
    stdout.write(`${JSON.stringify(told, null, 2)}\n`);
    return EXIT_CODES.success;
  }
  const names = shadowTexts(language);
  stdout.write(`${names.head(policyNames(set, language), number, publishedBy)}\n\n`);
  stdout.write(impactText(impact, language));
  if (path !== null) stdout.write(`${names.written(groupDigits(changes), path)}\n`);
  return EXIT_CODES.success;
}

/** As `--changes` of a backtest has it, but for what only the log gives: numbers, and when it is decided. */
function lineOf(change: TierChange) {
  const { customerId, customerSeq, type, fromTier, toTier, fromPolicy, segment } = change;
  const { cause, policy, policyVersion, scoreMilli, effectiveAt, backfill } = change;
  return {
    customerId,
    customerSeq,
    type,
    fromTier,
    toTier,
    fromPolicy,
    segment,
    cause,
    policy,
    policyVersion,
    score: scoreMilli / 1_000,
    effectiveAt: formatRfc3339(effectiveAt),
    backfill,
  };
}
