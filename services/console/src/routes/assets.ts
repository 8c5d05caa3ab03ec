import { readFile } from 'node:fs/promises';
import { readStyles } from '@strata/pictures';

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
    const own = await readFile(new URL(`../../web/${name}`, import.meta.url));
    const bytes = name === 'console.css' ? Buffer.concat([await sharedStyles(), own]) : own;
    return [`/assets/${name}`, { type, bytes }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Colours, frame and bars look here as on every other page of ours. */
async function sharedStyles(): Promise<Buffer> {
  return Buffer.from(await readStyles(['palette', 'page', 'bars']));
}
