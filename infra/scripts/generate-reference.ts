/** Writes the pages of docs/reference anew, and removes those that no code makes any more. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referencePages } from '../reference/reference-pages.ts';

const folder = fileURLToPath(new URL('../../docs/reference/', import.meta.url));
const pages = referencePages();
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
for (const [name, text] of pages) writeFileSync(join(folder, name), text);
process.stderr.write(`docs/reference: ${pages.size} pages\n`);
