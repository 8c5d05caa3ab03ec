import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseRfc3339 } from '@strata/contracts';
import { DAY_MS, isCurrency, type RateRow } from '@strata/domain';
import { CliFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { ratesTexts } from './texts.ts';

const HEADER = 'day,from,to,rate';
/** A table travels as one record of the log, which has to stay well under a megabyte. */
const ROWS_MAX = 20_000;
/** More would scroll away what has to be mended first. */
const PROBLEMS_MAX = 20;
const RATE = /^\d{1,12}(\.\d{1,12})?$/;

/** Reads a file of rates, or says line by line what is wrong with it and what to write instead. */
export async function readRates(
  path: string,
  { cwd, language }: Pick<CommandContext, 'cwd' | 'language'>,
): Promise<readonly RateRow[]> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((fault: NodeJS.ErrnoException) => {
    const words = ratesTexts(language);
    const sentence =
      fault.code === 'ENOENT' ? words.noFile(path) : words.unreadable(path, fault.message);
    throw new CliFault('STRATA_CLI_NO_FILE', sentence, fault);
  });
  const result = parseRates(text, { file: path, language });
  if ('problems' in result) throw new CliFault('STRATA_CLI_BAD_RATES', result.problems.join('\n'));
  return result.rows;
}

type RatesResult = { readonly rows: readonly RateRow[] } | { readonly problems: readonly string[] };

export function parseRates(
  text: string,
  { file, language }: { readonly file: string; readonly language: Language },
): RatesResult {
  const words = ratesTexts(language);
  const rows: RateRow[] = [];
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || (index === 0 && line.trim() === HEADER)) continue;
    const fields = line.split(',').map((field) => field.trim());
    const key = fields.slice(0, 3).join();
    const first = seen.get(key);
    const row = rowOf(fields, language);
    if (typeof row === 'string') problems.push(`${file}:${index + 1}: ${row}`);
    else if (first !== undefined) problems.push(`${file}:${index + 1}: ${words.twice(first)}`);
    else {
      seen.set(key, index + 1);
      rows.push(row);
    }
  }
  if (problems.length > PROBLEMS_MAX) {
    const more = words.more(groupDigits(problems.length - PROBLEMS_MAX));
    return { problems: [...problems.slice(0, PROBLEMS_MAX), more] };
  }
  if (problems.length > 0) return { problems };
  if (rows.length === 0) return { problems: [`${file}: ${words.empty}`] };
  if (rows.length > ROWS_MAX) {
    const sentence = words.tooLong(groupDigits(rows.length), groupDigits(ROWS_MAX));
    return { problems: [`${file}: ${sentence}`] };
  }
  return { rows };
}

/** The row, or what is wrong with it. */
function rowOf(fields: readonly string[], language: Language): RateRow | string {
  const words = ratesTexts(language);
  const [dayText = '', from = '', to = '', rate = ''] = fields;
  if (fields.length !== 4) return words.fields(fields.length);
  const at = /^\d{4}-\d\d-\d\d$/.test(dayText) ? parseRfc3339(`${dayText}T00:00:00Z`) : null;
  if (at === null) return words.day(dayText);
  for (const code of [from, to]) if (!isCurrency(code)) return words.currency(code);
  if (from === to) return words.same(from);
  if (!RATE.test(rate) || Number(rate) === 0) return words.rate(rate);
  return { day: at / DAY_MS, from, to, rate: shortest(rate) };
}

/** Without zeros that say nothing, so that equal rates are equal texts. */
function shortest(rate: string): string {
  const [whole = '', fraction = ''] = rate.split('.');
  const kept = fraction.replace(/0+$/, '');
  const units = whole.replace(/^0+(?=\d)/, '');
  return kept === '' ? units : `${units}.${kept}`;
}
