import { html, type Markup } from './markup.ts';

/** What is there is never invisible. */
const PERCENT_MIN = 0.4;

export interface Bar {
  /** Of the whole width, from 0 to 1. */
  readonly share: number;
  /** The class of its colour. */
  readonly fill: string;
  /** By which a script on the page finds it; null where none does. */
  readonly key: string | null;
}

/** A horizontal bar on its track, as wide as its place. It is silent: the text beside it says what it shows. */
export function bar({ share, fill, key }: Bar): Markup {
  const width = share <= 0 ? 0 : Math.max(share * 100, PERCENT_MIN);
  const name = key === null ? null : html` data-width="${key}"`;
  return html`<svg class="bar" aria-hidden="true" focusable="false">
      <rect class="track" width="100%" height="100%" rx="5"/>
      <rect class="fill ${fill}"${name} width="${width.toFixed(2)}%" height="100%" rx="5"/>
    </svg>`;
}
