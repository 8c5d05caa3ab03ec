import { readFile } from 'node:fs/promises';

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  'console.css': 'text/css; charset=utf-8',
  'console.mjs': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** The closed list of files under `web/`, read once at the start: no request names a path. */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const entries = Object.entries(TYPES).map(async ([name, type]) => {
    const bytes = await readFile(new URL(`../../web/${name}`, import.meta.url));
    return [`/assets/${name}`, { type, bytes }] as const;
  });
  return new Map(await Promise.all(entries));
}
