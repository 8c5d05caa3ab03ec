import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { dataPath } from '../integration/backtest/shared-data.ts';

export const CDNOW = 'cdnow/CDNOW_master.txt.gz';
/** All of it in the long proof. */
const isWhole = process.env['STRATA_CDNOW'] === 'whole';

export interface CdnowFile {
  readonly path: string;
  readonly records: number;
  readonly customers: number;
}

/** Each `nth` of the 23,570 people of CDNOW with all that they bought, written to `path`. */
export async function cdnowPart(nth: number, path: string): Promise<CdnowFile> {
  const lines = gunzipSync(await readFile(dataPath(CDNOW)))
    .toString()
    .split('\n')
    .filter((it) => /^\s*\d/.test(it));
  const idOf = (line: string): string => line.trim().split(/\s+/, 1)[0] ?? '';
  const chosen = isWhole ? lines : lines.filter((line) => Number(idOf(line)) % nth === 0);
  await writeFile(path, `${chosen.join('\n')}\n`);
  return { path, records: chosen.length, customers: new Set(chosen.map(idOf)).size };
}
