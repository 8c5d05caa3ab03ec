import { readFile } from 'node:fs/promises';

/**
 * `palette` holds the colours of light and dark, `page` what all pages of ours share, `bars` and `figures` what the
 * pictures of this package look like.
 */
export type Style = 'palette' | 'page' | 'bars' | 'figures';

/** Style sheets as one text, in the order given: to serve, or to put into a page that stands alone. */
export async function readStyles(styles: readonly Style[]): Promise<string> {
  const texts = styles.map((style) =>
    readFile(new URL(`../web/${style}.css`, import.meta.url), 'utf8'),
  );
  return (await Promise.all(texts)).join('\n');
}
