import type { Border, Policy } from '@strata/domain';
import {
  type Bin,
  binned,
  edgesOf,
  type HistogramMark,
  histogramPicture,
  html,
  type Markup,
} from '@strata/pictures';
import { describeNumber, tierLabel } from '@strata/policy-file';
import type { Language } from '../../language.ts';
import { compareTexts } from '../../messages/compare.ts';
import { comparePageTexts } from '../../messages/compare-page.ts';
import { groupDigits } from '../../progress.ts';
import type { ComparedSide, Comparison } from '../compare-runs.ts';
import { nearTable } from '../side-tables.ts';
import { tableMarkup } from './table-markup.ts';

/** The scores under one policy of one side, in points, ascending. */
interface Scores {
  readonly side: 'first' | 'second';
  readonly policy: Policy;
  readonly values: readonly number[];
  readonly borders: readonly Border[];
}

/** How the scores lie, with the borders drawn in, and who stands near one. */
export function scoreSection(comparison: Comparison, language: Language): Markup {
  const texts = comparePageTexts(language);
  const { first, second } = comparison;
  const all = [...scoresOf('first', first), ...scoresOf('second', second)];
  const names = [...new Set(all.map(({ policy }) => policy.name))];
  const pictures = names.flatMap((name) =>
    policyPictures(
      all.filter(({ policy }) => policy.name === name),
      language,
    ),
  );
  return html`<section class="panel" aria-labelledby="scores-heading">
    <h2 id="scores-heading">${texts.scores}</h2>
    <p class="hint">${texts.scoresHint}</p>
    <div class="columns even">${pictures}</div>
    <div class="columns even">
      <div>${tableMarkup(nearTable(first, 'first', language))}</div>
      <div>${tableMarkup(nearTable(second, 'second', language))}</div>
    </div>
  </section>`;
}

function scoresOf(side: Scores['side'], { set, snapshot }: ComparedSide): readonly Scores[] {
  return set.policies.flatMap((policy) => {
    const values = [...snapshot.readings.values()]
      .flatMap(({ place, scoreMilli }) =>
        place?.policy === policy.name && scoreMilli !== null ? [scoreMilli / 1_000] : [],
      )
      .sort((a, b) => a - b);
    const borders = snapshot.borders.get(policy.name) ?? [];
    return values.length === 0 ? [] : [{ side, policy, values, borders }];
  });
}

/** Two versions of one policy are drawn to one scale, so that the eye can compare them. */
function policyPictures(alike: readonly Scores[], language: Language): readonly Markup[] {
  const ends = alike.flatMap(({ values, borders }) => [
    values[0] ?? 0,
    values.at(-1) ?? 0,
    ...borders.flatMap(({ enterMilli, leaveMilli }) => [enterMilli / 1_000, leaveMilli / 1_000]),
  ]);
  const edges = edgesOf(Math.min(...ends), Math.max(...ends));
  const drawn = alike.map((scores) => ({ scores, bins: binned(scores.values, edges) }));
  const countMax = Math.max(...drawn.flatMap(({ bins }) => bins.map(({ count }) => count)));
  return drawn.map(({ scores, bins }) => scorePicture(scores, { bins, countMax, language }));
}

function scorePicture(
  { side, policy, values, borders }: Scores,
  drawn: {
    readonly bins: readonly Bin[];
    readonly countMax: number;
    readonly language: Language;
  },
): Markup {
  const { bins, countMax, language } = drawn;
  const texts = comparePageTexts(language);
  const words = compareTexts(language);
  const title = `${words[side]} · ${texts.scoreTitle(words.name(policy.name, `${policy.version}`))}`;
  const picture = histogramPicture({
    id: `scores-${side}-${policy.name}`,
    title,
    description: texts.scoreDescription({
      customers: groupDigits(values.length),
      lowest: numberText(values[0] ?? 0),
      median: numberText(values[Math.floor((values.length - 1) / 2)] ?? 0),
      highest: numberText(values.at(-1) ?? 0),
      borders: bordersText(policy, borders, language),
    }),
    bins,
    countMax,
    marks: borders.flatMap((border) => marksOf(border, policy, language)),
    fill: side,
    numberText,
    binText: ({ from, to, count }) =>
      texts.binText(numberText(from), numberText(to), groupDigits(count)),
  });
  const table = {
    caption: title,
    head: [texts.score, words.customers],
    rows: bins.map(({ from, to, count }) => [
      `${numberText(from)} – ${numberText(to)}`,
      groupDigits(count),
    ]),
    foot: null,
    note: null,
  };
  return html`<figure><figcaption>${title}</figcaption>${picture}
    <details><summary>${texts.bins}</summary>${tableMarkup(table)}</details></figure>`;
}

function marksOf(
  { tier, enterMilli, leaveMilli }: Border,
  policy: Policy,
  language: Language,
): readonly HistogramMark[] {
  const label = `${tierLabel(policy, tier, language)} ${describeNumber(enterMilli)}`;
  const enter = { at: enterMilli / 1_000, isDashed: false, label };
  return leaveMilli === enterMilli
    ? [enter]
    : [enter, { at: leaveMilli / 1_000, isDashed: true, label: null }];
}

function bordersText(policy: Policy, borders: readonly Border[], language: Language): string {
  const texts = comparePageTexts(language);
  if (borders.length === 0) return texts.noBorders;
  return borders
    .map(({ tier, enterMilli, leaveMilli }) =>
      texts.borderText(
        tierLabel(policy, tier, language),
        describeNumber(enterMilli),
        describeNumber(leaveMilli),
      ),
    )
    .join(language === 'zh' ? '' : ' ');
}

const NUMBERS = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

function numberText(value: number): string {
  return NUMBERS.format(value);
}
