import { type SankeyGraph, sankey, sankeyLinkHorizontal } from 'd3-sankey';
import { html, type Markup, shownName } from './markup.ts';
import { shortText } from './short-text.ts';

/** Which colour a link has: it rises, falls, stays, or the two ends have no order. */
export type Tone = 'rise' | 'fall' | 'stay' | 'other';

export interface SankeyNode {
  /** Under each other; the first is the strongest. */
  readonly lines: readonly string[];
}

export interface SankeyLink {
  /** Place in `left` and in `right`. */
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly tone: Tone;
  /** What a pointer on the link is told. */
  readonly text: string;
}

/** Two columns and what flows from the one to the other. Nodes stand in the order given, top to bottom. */
export interface Sankey {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly left: readonly SankeyNode[];
  readonly right: readonly SankeyNode[];
  readonly links: readonly SankeyLink[];
}

/** Narrow, so that its text can be read where a phone shows the whole of it. */
const WIDTH = 480;
const LABEL_WIDTH = 132;
/** So many characters fit beside a node at the larger size that narrow screens get. */
const LABEL_COLUMNS = 16;
const NODE_WIDTH = 12;
const LINE_HEIGHT = 17;
/** What the nodes of one column share, beside the room between them. */
const FLOW_HEIGHT = 200;

interface Place {
  readonly side: 0 | 1;
  readonly lines: readonly string[];
}
type Flow = Pick<SankeyLink, 'tone' | 'text'>;

/** Links that carry nothing, and nodes that no link reaches, are left out. Null where nothing flows at all. */
export function sankeyPicture(given: Sankey): Markup | null {
  const links = given.links.filter(({ value }) => value > 0);
  if (links.length === 0) return null;
  const left = reached(given.left, 0, new Set(links.map(({ from }) => from)));
  const right = reached(given.right, 1, new Set(links.map(({ to }) => to)));
  const rows = Math.max(left.size, right.size);
  const lines = Math.max(...[...left.values(), ...right.values()].map((it) => it.lines.length));
  const gap = (lines + 0.5) * LINE_HEIGHT;
  const height = FLOW_HEIGHT + rows * gap;
  const nodes = [...left.values(), ...right.values()];
  const placeOf = new Map(nodes.map((node, index) => [node, index]));
  const graph = sankey<Place, Flow>()
    .nodeWidth(NODE_WIDTH)
    .nodePadding(gap)
    .nodeAlign(({ side }) => side)
    // The order given is the order of the ladder, and says more than fewer crossings.
    .nodeSort(() => 0)
    .iterations(0)
    .extent([
      [LABEL_WIDTH, gap / 2],
      [WIDTH - LABEL_WIDTH, height - gap / 2],
    ])({
    nodes,
    links: links.map(({ from, to, value, tone, text }) => ({
      source: placeOf.get(left.get(from) as Place) as number,
      target: placeOf.get(right.get(to) as Place) as number,
      value,
      tone,
      text,
    })),
  });
  return drawn(given, graph, height);
}

function reached(
  nodes: readonly SankeyNode[],
  side: 0 | 1,
  used: ReadonlySet<number>,
): ReadonlyMap<number, Place> {
  return new Map(
    nodes.flatMap(({ lines }, index) => (used.has(index) ? [[index, { side, lines }]] : [])),
  );
}

function drawn(
  { id, title, description }: Sankey,
  { nodes, links }: SankeyGraph<Place, Flow>,
  height: number,
): Markup {
  const path = sankeyLinkHorizontal();
  return html`<svg class="picture sankey" role="img" aria-labelledby="${id}-title ${id}-desc"
      viewBox="0 0 ${WIDTH} ${Math.round(height)}" focusable="false">
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    ${links.map(
      (link) => html`<path class="link ${link.tone}" d="${path(link) ?? ''}"
        stroke-width="${Math.max(1, link.width ?? 0).toFixed(1)}"><title>${link.text}</title></path>`,
    )}
    ${nodes.map((node) => drawnNode(node, node))}
  </svg>`;
}

interface Box {
  readonly x0?: number | undefined;
  readonly x1?: number | undefined;
  readonly y0?: number | undefined;
  readonly y1?: number | undefined;
}

function drawnNode({ side, lines }: Place, { x0 = 0, x1 = 0, y0 = 0, y1 = 0 }: Box): Markup {
  const isLeft = side === 0;
  const x = isLeft ? x0 - 6 : x1 + 6;
  const top = (y0 + y1) / 2 - ((lines.length - 1) * LINE_HEIGHT) / 2;
  const text = lines.map(
    (line, index) =>
      html`<tspan class="line-${index}" x="${x}" y="${(top + index * LINE_HEIGHT).toFixed(1)}">${shortText(shownName(line), LABEL_COLUMNS)}</tspan>`,
  );
  return html`<rect class="node" x="${x0}" y="${y0.toFixed(1)}" width="${x1 - x0}"
      height="${Math.max(1, y1 - y0).toFixed(1)}" rx="2"/>
    <text class="${isLeft ? 'end' : 'start'}" dominant-baseline="central">${text}</text>`;
}
