import { type DeadLetter, deadLetterSentence } from '@strata/contracts';
import type { Policy } from '@strata/domain';
import { tierLabel } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { displayWidth } from '../table-text.ts';
import type { CheckedClaim } from './check-claims.ts';
import { DEMO_END, shopDay } from './demo-calendar.ts';
import type { DemoTally } from './demo-tally.ts';
import type { Paint } from './paint.ts';
import { type ClaimFigures, demoTexts } from './texts.ts';
import { wrapText } from './wrap-text.ts';

export interface ReportOptions {
  readonly policy: Policy;
  readonly language: Language;
  readonly paint: Paint;
}

const WIDTH = 78;
const BAR_WIDTH = 40;

export function tiersText(tally: DemoTally, { policy, language, paint }: ReportOptions): string {
  const tiers = tally.tiers();
  const total = [...tiers.values()].reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...tiers.values());
  const labels = policy.ladder.map((tier) => tierLabel(policy, tier, language));
  const width = Math.max(...labels.map(displayWidth));
  const lines = policy.ladder.map((tier, index) => {
    const count = tiers.get(tier) ?? 0;
    const bar = '█'.repeat(Math.round((count / most) * BAR_WIDTH)) || '▏';
    const label = padded(labels[index] ?? tier, width);
    return `  ${label} ${groupDigits(count).padStart(6)}  ${paint('cyan', bar)}`;
  });
  const title = demoTexts(language).tiers(groupDigits(total), shopDay(DEMO_END));
  return section(title, lines.toReversed(), paint);
}

export function changesText(tally: DemoTally, { language, paint }: ReportOptions): string {
  const texts = demoTexts(language);
  const counts = tally.counts.list();
  const width = Math.max(...counts.map(({ type }) => displayWidth(texts.types[type])));
  const lines = counts.map(({ type, cause, count }) => {
    const line = `  ${padded(texts.types[type], width)} ${groupDigits(count).padStart(6)}  ${texts.causes[cause]}`;
    return type === 'demoted' && cause === 'time' ? paint('yellow', line) : line;
  });
  return section(texts.changes(groupDigits(tally.changes)), lines, paint);
}

export function lettersText(
  letters: readonly DeadLetter[],
  { language, paint }: ReportOptions,
): string {
  const lines = letters
    .toSorted((a, b) => a.reason.localeCompare(b.reason, 'en'))
    .flatMap(({ reason, detail }) => {
      const sentence = deadLetterSentence(reason, fieldOf(detail), language);
      const [first = '', ...rest] = wrapText(sentence, WIDTH - REASON_WIDTH - 4);
      return [
        `  ${paint('dim', padded(reason, REASON_WIDTH))}  ${first}`,
        ...rest.map((line) => `${' '.repeat(REASON_WIDTH + 4)}${line}`),
      ];
    });
  return section(demoTexts(language).letters(groupDigits(letters.length)), lines, paint);
}

const REASON_WIDTH = 16;

/** The field without what else the detail may say. */
function fieldOf(detail: string | null): string | null {
  return detail === null ? null : (detail.split(' ')[0] ?? null);
}

export function claimsText(
  claims: readonly CheckedClaim[],
  figures: ClaimFigures,
  { language, paint }: ReportOptions,
): string {
  const texts = demoTexts(language);
  const lines = claims.map(({ claim, isTrue }) => {
    const mark = isTrue ? paint('green', '✓') : paint('red', '✗');
    return `  ${mark} ${texts.claim[claim](figures)}`;
  });
  const failed = claims.filter(({ isTrue }) => !isTrue).length;
  if (failed > 0) lines.push(paint('red', `  ${texts.failed(failed)}`));
  return section(texts.claims, lines, paint);
}

export function nextText({ language, paint }: ReportOptions): string {
  const { next, nextSteps } = demoTexts(language);
  const width = Math.max(...nextSteps.map(([command]) => displayWidth(command)));
  const lines = nextSteps.map(([command, about]) => `  ${padded(command, width)}  ${about}`);
  return section(next, lines, paint);
}

export function section(title: string, lines: readonly string[], paint: Paint): string {
  return `\n${[paint('bold', title), ...lines].join('\n')}\n`;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
