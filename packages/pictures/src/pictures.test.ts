import { expect, test } from 'vitest';
import { histogramPicture } from './histogram-picture.ts';
import { type Sankey, sankeyPicture } from './sankey-picture.ts';

const HOSTILE = '"><script>alert(1)</script>\u202E';
const told = { id: 'p', title: 'T', description: 'D' };

const flow: Sankey = {
  ...told,
  left: [{ lines: ['gold', '10'] }, { lines: ['silver', '30'] }, { lines: ['nobody', '0'] }],
  right: [{ lines: ['gold', '20'] }, { lines: ['silver', '20'] }],
  links: [
    { from: 0, to: 0, value: 10, tone: 'stay', text: 'gold stays' },
    { from: 1, to: 0, value: 10, tone: 'rise', text: 'silver to gold' },
    { from: 1, to: 1, value: 20, tone: 'stay', text: 'silver stays' },
    { from: 0, to: 1, value: 0, tone: 'fall', text: 'nobody' },
  ],
};

test('a flow has a band for each link, as wide as what it carries', () => {
  const picture = String(sankeyPicture(flow));
  const bands = [...picture.matchAll(/class="link (\w+)" d="[^"]+"\s+stroke-width="([\d.]+)"/g)];
  expect(bands.map(([, tone, width]) => [tone, Number(width)])).toEqual([
    ['stay', 50],
    ['rise', 50],
    ['stay', 100],
  ]);
});

test('a flow leaves out who has nothing, and is none where nothing flows', () => {
  expect(String(sankeyPicture(flow))).not.toContain('nobody');
  expect(sankeyPicture({ ...flow, links: [] })).toBeNull();
});

test('the nodes of a column stand in the order given', () => {
  const links = [
    { from: 0, to: 1, value: 1, tone: 'fall' as const, text: '' },
    { from: 1, to: 0, value: 1, tone: 'rise' as const, text: '' },
  ];
  const picture = String(sankeyPicture({ ...flow, links }));
  const heights = [...picture.matchAll(/class="line-0" x="[\d.]+" y="([\d.]+)">(\w+)/g)];
  expect(heights.map(([, , name]) => name)).toEqual(['gold', 'silver', 'gold', 'silver']);
  expect(Number(heights[0]?.[1])).toBeLessThan(Number(heights[1]?.[1]));
  expect(Number(heights[2]?.[1])).toBeLessThan(Number(heights[3]?.[1]));
});

test('a histogram has a bar for each bin with somebody in it, half as high for a quarter, and a line for each mark', () => {
  const picture = String(
    histogramPicture({
      ...told,
      bins: [
        { from: 0, to: 10, count: 4 },
        { from: 10, to: 20, count: 0 },
        { from: 20, to: 30, count: 1 },
      ],
      countMax: 4,
      marks: [
        { at: 15, isDashed: false, label: 'gold' },
        { at: 12, isDashed: true, label: null },
      ],
      fill: 'first',
      numberText: String,
      binText: ({ count }) => `${count} here`,
    }),
  );
  const bars = [...picture.matchAll(/<rect class="first"[^>]*height="([\d.]+)"><title>([^<]+)/g)];
  expect(bars.map(([, height, text]) => [height, text])).toEqual([
    ['170.0', '4 here'],
    ['85.0', '1 here'],
  ]);
  expect(picture.match(/class="mark solid" d="M261.0 /)).not.toBeNull();
  expect(picture.match(/class="mark dashed" d="M219.2 /)).not.toBeNull();
});

test('labels of lines that lie close stand under each other', () => {
  const marks = [10, 11, 12, 29].map((at) => ({ at, isDashed: false, label: `tier at ${at}` }));
  const picture = String(
    histogramPicture({
      ...told,
      bins: [{ from: 0, to: 30, count: 1 }],
      countMax: 1,
      marks,
      fill: 'first',
      numberText: String,
      binText: () => '',
    }),
  );
  const rows = [...picture.matchAll(/mark-label" x="([\d.]+)" y="([\d.]+)"/g)].map(([, , y]) => y);
  expect(new Set(rows.slice(0, 3)).size).toBe(3);
  expect(rows[3]).toBe(rows[0]);
});

test('no name gets out of its place', () => {
  const sankey = sankeyPicture({
    id: 'p',
    title: HOSTILE,
    description: HOSTILE,
    left: [{ lines: [HOSTILE] }],
    right: [{ lines: [HOSTILE] }],
    links: [{ from: 0, to: 0, value: 1, tone: 'stay', text: HOSTILE }],
  });
  const histogram = histogramPicture({
    id: 'p',
    title: HOSTILE,
    description: HOSTILE,
    bins: [{ from: 0, to: 1, count: 1 }],
    countMax: 1,
    marks: [{ at: 0, isDashed: false, label: HOSTILE }],
    fill: 'first',
    numberText: () => HOSTILE,
    binText: () => HOSTILE,
  });
  for (const picture of [String(sankey), String(histogram)]) {
    expect(picture).not.toContain('<script');
    expect(picture).toContain('&quot;&gt;&lt;script&gt;');
  }
});
