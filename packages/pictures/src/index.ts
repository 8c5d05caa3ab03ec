export { type Bar, bar } from './bar.ts';
export { type Bin, binned, edgesOf } from './binned.ts';
export { type Histogram, type HistogramMark, histogramPicture } from './histogram-picture.ts';
export { type Fragment, html, Markup, shownName } from './markup.ts';
export {
  type Sankey,
  type SankeyLink,
  type SankeyNode,
  sankeyPicture,
  type Tone,
} from './sankey-picture.ts';
export { readStyles, type Style } from './styles.ts';
