import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FILES, filesThat, ROOT, readText } from './repository.ts';

const PAGES = filesThat(/\.md$/);
/** A path in backticks: a folder of the checkout, then names without patterns. */
const PATH = /`((?:packages|services|infra|schemas|policies|test|docs)\/[\w./-]+)`/g;

describe('links', () => {
  test.each(PAGES)('%s leads nowhere dead', (page) => {
    const dead = linksOf(page).filter(({ target, anchor }) => {
      const path = target === '' ? page : normalize(join(dirname(page), target));
      if (!existsSync(join(ROOT, path))) return true;
      return anchor !== '' && path.endsWith('.md') && !anchorsOf(path).has(anchor);
    });
    expect(dead).toEqual([]);
  });

  test.each(PAGES)('%s names files that exist', (page) => {
    const named = [...readText(page).matchAll(PATH)].map(([, path = '']) => path);
    const missing = named.filter((path) => !isThere(path));
    expect(missing).toEqual([]);
  });
});

/** A name may leave its ending out, as `docs/architecture` does. */
function isThere(path: string): boolean {
  return FILES.some((file) => file === path || file.startsWith(path.replace(/\/?$/, '/')));
}

function linksOf(page: string): readonly { readonly target: string; readonly anchor: string }[] {
  const text = readText(page).replaceAll(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [target = '', anchor = ''] = link.split('#');
      return { target: decodeURI(target), anchor: decodeURI(anchor) };
    });
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = readText(page).match(/^#+ .+$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
