import { type PolicySet, policyNamed } from '@strata/domain';
import {
  html,
  type Markup,
  type Sankey,
  type SankeyNode,
  sankeyPicture,
  shownName,
} from '@strata/pictures';
import { tierLabel } from '@strata/policy-file';
import { percent } from '../../backtest/percent.ts';
import { type Place, placeKey } from '../../backtest/tier-rows.ts';
import type { Language } from '../../language.ts';
import { compareTexts } from '../../messages/compare.ts';
import { comparePageTexts } from '../../messages/compare-page.ts';
import { groupDigits } from '../../progress.ts';
import type { Comparison } from '../compare-runs.ts';
import type { Flow, FlowCell } from '../flow.ts';
import { directedLabel, flowTable, movesTable, placeLabel } from '../flow-tables.ts';
import { instantText } from '../instant-text.ts';
import { tableMarkup } from './table-markup.ts';

/** One instant: the bands from tier to tier, and the numbers beside them. */
export function flowSection(
  comparison: Comparison,
  flow: Flow,
  { index, language }: { readonly index: number; readonly language: Language },
): Markup {
  const id = `flow-${index}`;
  // How to read the picture is said once.
  const isFirst = index === 0;
  const texts = comparePageTexts(language);
  const picture = sankeyPicture(sankeyOf(comparison, flow, { id, language }));
  const shown = picture ?? html`<p class="empty">${texts.nobody}</p>`;
  const { first, second } = compareTexts(language);
  return html`<section class="panel" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${texts.flow(instantText(flow.at))}</h2>
    ${isFirst ? html`<p class="hint">${texts.flowHint}</p>` : null}
    <div class="columns">
      <figure><figcaption class="ends"><span>${first}</span><span>${second}</span></figcaption>${shown}</figure>
      <div>
        ${tableMarkup(flowTable(comparison, flow, language))}
        ${tableMarkup(movesTable(comparison, flow, language))}
      </div>
    </div>
  </section>`;
}

function sankeyOf(
  comparison: Comparison,
  flow: Flow,
  { id, language }: { readonly id: string; readonly language: Language },
): Sankey {
  const texts = comparePageTexts(language);
  const { first, second } = comparison;
  const indexOf = (places: readonly (Place | null)[], place: Place | null): number =>
    places.findIndex((it) => placeKey(it) === placeKey(place));
  const column = (side: 'from' | 'to', set: PolicySet): readonly SankeyNode[] =>
    flow[side].map((place) => nodeOf(place, { set, flow, side, language }));
  return {
    id,
    title: texts.flow(instantText(flow.at)),
    description: texts.flowDescription(groupDigits(flow.customers), groupDigits(flow.moved)),
    left: column('from', first.set),
    right: column('to', second.set),
    links: flow.cells.map((cell) => ({
      from: indexOf(flow.from, cell.from),
      to: indexOf(flow.to, cell.to),
      value: cell.customers,
      tone: cell.direction,
      text: texts.bandText(
        shownName(placeLabel(first.set, cell.from, language)),
        shownName(directedLabel(comparison, cell, language)),
        groupDigits(cell.customers),
      ),
    })),
  };
}

interface NodePlace {
  readonly set: PolicySet;
  readonly flow: Flow;
  readonly side: 'from' | 'to';
  readonly language: Language;
}

/** The tier, its policy where the set has several, and how many are in it. */
function nodeOf(place: Place | null, { set, flow, side, language }: NodePlace): SankeyNode {
  const isHere = (cell: FlowCell): boolean => placeKey(cell[side]) === placeKey(place);
  const customers = flow.cells.filter(isHere).reduce((sum, cell) => sum + cell.customers, 0);
  const policy = place === null ? null : policyNamed(set, place.policy);
  const name =
    place === null || policy === null
      ? placeLabel(set, null, language)
      : tierLabel(policy, place.tier, language);
  const group = set.policies.length === 1 || policy === null ? [] : [policy.name];
  const count = `${groupDigits(customers)} · ${percent(customers, flow.customers)}`;
  return { lines: [name, ...group, count] };
}
