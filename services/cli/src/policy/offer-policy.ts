import type { PolicyBook, PublishedPolicy } from '@strata/contracts';
import type { AnnounceFrom, PolicySet } from '@strata/domain';
import { diffSets } from '@strata/policy-file';
import { EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { canAsk, confirm } from '../confirm.ts';
import { policyNames } from '../policy-names.ts';
import { Progress } from '../progress.ts';
import { sendPolicy, untilActive } from '../stack/publish-policy.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { untilSwept } from '../stack/until-swept.ts';
import { diffJson } from './diff-json.ts';
import { diffText } from './diff-text.ts';
import { impactJson } from './impact-json.ts';
import { type Impact, impactText } from './impact-text.ts';
import { measureImpact } from './measure-impact.ts';
import { publishTexts } from './publish-texts.ts';

/** A set that was checked against what is in force, and how it is to be published. */
export interface Offer {
  readonly set: PolicySet;
  /** Against which it was checked. */
  readonly book: PolicyBook;
  readonly announceFrom: AnnounceFrom;
  readonly by: string;
  readonly reason: string | null;
  readonly isDryRun: boolean;
  readonly isAgreed: boolean;
  readonly isJson: boolean;
  readonly waits: boolean;
}

/** Shows what a set would change and for whom, asks, publishes it and waits until everybody has passed it. */
export async function offerPolicy(
  context: CommandContext,
  stack: StackHandle,
  offer: Offer,
): Promise<ExitCode> {
  const { language, stdout } = context;
  const words = publishTexts(language);
  const { set, book, isJson, isDryRun } = offer;
  if (book.inForce?.set.id === set.id) {
    await untilActive(stack, set, context.signal);
    const { number } = book.inForce;
    if (isJson) tellJson(context, { outcome: 'unchanged', number, id: set.id });
    else stdout.write(`${words.unchanged(policyNames(set, language))}\n`);
    return EXIT_CODES.success;
  }
  const impact = await measured(context, stack, offer);
  if (!isJson) stdout.write(offerText(offer, impact, context));
  if (isDryRun) {
    if (isJson) tellJson(context, { outcome: 'dry-run', number: null, ...shown(offer, impact) });
    else stdout.write(`${words.dryRun}\n`);
    return EXIT_CODES.success;
  }
  if (!offer.isAgreed) {
    if (!canAsk(context)) throw new UsageFault(words.notAsked);
    if (!(await confirm(context, words.question))) {
      stdout.write(`${words.declined}\n`);
      return EXIT_CODES.failure;
    }
  }
  const published = await publish(context, stack, offer);
  const { number } = published;
  if (isJson) tellJson(context, { outcome: 'published', number, ...shown(offer, impact) });
  else if (!offer.waits) stdout.write(`${words.notWaited}\n`);
  else stdout.write(`${words.swept}\n`);
  return EXIT_CODES.success;
}

function shown({ book, set }: Offer, impact: Impact) {
  const before = book.inForce?.set ?? null;
  return {
    id: set.id,
    diff: before === null ? null : diffJson(diffSets(before, set), { before, after: set }),
    impact: impactJson(impact),
  };
}

function tellJson({ stdout }: CommandContext, told: object): void {
  stdout.write(`${JSON.stringify({ ok: true, ...told }, null, 2)}\n`);
}

function offerText(
  { book, set, announceFrom }: Offer,
  impact: Impact,
  { language }: CommandContext,
): string {
  const words = publishTexts(language);
  const before = book.inForce?.set ?? null;
  const change =
    before === null
      ? `${words.first(policyNames(set, language))}\n`
      : diffText(diffSets(before, set), { before, after: set }, language);
  return `${change}\n${impactText(impact, language)}${words.announce(announceFrom)}\n`;
}

async function measured(
  context: CommandContext,
  stack: StackHandle,
  { set, book, announceFrom }: Offer,
): Promise<Impact> {
  const words = publishTexts(context.language);
  const progress = new Progress({
    context,
    label: words.evaluating,
    unit: words.customers,
    share: () => null,
  });
  const impact = await measureImpact(
    stack,
    { set, announceFrom, calibration: book.calibrationOf(set.id) },
    {
      before: book.inForce?.set ?? null,
      nowMs: Date.now(),
      signal: context.signal,
      onCustomers: (count) => progress.advance(count),
    },
  );
  progress.end();
  return impact;
}

async function publish(
  context: CommandContext,
  stack: StackHandle,
  offer: Offer,
): Promise<PublishedPolicy> {
  const { language, signal, stdout } = context;
  const { set, book, by, reason, announceFrom, isJson, waits } = offer;
  const words = publishTexts(language);
  const nowMs = Date.now();
  const publisher = { by, reason, announceFrom, nowMs, inForce: book.inForce };
  const published = await sendPolicy(stack, set, publisher);
  await untilActive(stack, set, signal);
  const sentence = words.published(policyNames(set, language), published.number);
  if (!isJson) stdout.write(`${sentence}\n`);
  if (!waits) return published;
  await untilSwept(context, stack, published.number);
  return published;
}
