import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHARED_DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const IS_CI = (process.env['CI'] ?? '') !== '';

/** Real data beside the checkout; none of it is in the repository. */
export const dataPath = (path: string): string => `${SHARED_DATA}${path}`;

/** Without the data these tests are skipped on a laptop and say so; CI has it, and there a missing file fails. */
export function isDataMissing(path: string): boolean {
  if (existsSync(dataPath(path))) return false;
  if (IS_CI) return false;
  process.stderr.write(`Skipped: ../shared/data/${path} is not there.\n`);
  return true;
}
