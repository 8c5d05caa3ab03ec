import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseRfc3339 } from '@strata/contracts';
import { DAY_MS, isCurrency, type RateRow } from '@strata/domain';
import { CliFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { ratesTexts } from './texts.ts';

const COLUMNS = ['day', 'from', 'to', 'rate'] as const;
/** A table travels as one record of the log, which has to stay well under a megabyte. */
const ROWS_MAX = 20_000;
/** More would scroll away what has to be mended first. */
const PROBLEMS_MAX = 20;
const RATE = /^\d{1,12}(\.\d{1,12})?$/;
/** What spreadsheets and input methods put where a comma belongs. */
const OTHER_SEPARATOR = /[;\t，；]/;
/** What text of another encoding leaves when it is read as UTF-8. */
const SIGNS_OF_OTHER_ENCODINGS = ['\0', '\uFFFD'];

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
  if (SIGNS_OF_OTHER_ENCODINGS.some((sign) => text.includes(sign))) {
    return { problems: [`${file}: ${words.notUtf8}`] };
  }
  const rows: RateRow[] = [];
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const fields = line.split(',').map((field) => field.trim());
    if (line.trim() === '' || (index === 0 && isHeader(fields))) continue;
    const row = rowOf(fields, language);
    const key = fields.slice(0, 3).join();
    const first = seen.get(key);
    const problem =
      index === 0 && !/\d/.test(line)
        ? words.header(line)
        : typeof row === 'string'
          ? row
          : first === undefined
            ? null
            : words.twice(first);
    if (problem !== null) problems.push(`${file}:${index + 1}: ${problem}`);
    else if (typeof row === 'object') {
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

function isHeader(fields: readonly string[]): boolean {
  return fields.join().toLowerCase() === COLUMNS.join();
}

/** The row, or what is wrong with it. */
function rowOf(fields: readonly string[], language: Language): RateRow | string {
  const words = ratesTexts(language);
  const shape = shapeProblem(fields, language);
  if (shape !== null) return shape;
  const [dayText = '', from = '', to = '', rate = ''] = fields;
  const at = /^\d{4}-\d\d-\d\d$/.test(dayText) ? parseRfc3339(`${dayText}T00:00:00Z`) : null;
  if (at === null) return words.day(dayText);
  if (!isCurrency(from)) return words.currency('from', from);
  if (!isCurrency(to)) return words.currency('to', to);
  if (from === to) return words.same(from);
  if (!RATE.test(rate) || Number(rate) === 0) return words.rate(rate);
  return { day: at / DAY_MS, from, to, rate: shortest(rate) };
}

/** What is wrong with the line as a whole, before any of its fields is looked at. */
function shapeProblem(fields: readonly string[], language: Language): string | null {
  const words = ratesTexts(language);
  const line = fields.join();
  if (line.includes('"')) return words.quotes;
  const [separator] = OTHER_SEPARATOR.exec(line) ?? [];
  if (separator !== undefined) return words.separator(separator === '\t' ? 'TAB' : separator);
  if (fields.length === COLUMNS.length) return null;
  const [, , , whole = '', fraction = ''] = fields;
  const isDecimalComma = fields.length === COLUMNS.length + 1 && RATE.test(`${whole}.${fraction}`);
  return isDecimalComma ? words.decimalComma(whole, fraction) : words.fields(fields.length);
}

/** Without zeros that say nothing, so that equal rates are equal texts. */
function shortest(rate: string): string {
  const [whole = '', fraction = ''] = rate.split('.');
  const kept = fraction.replace(/0+$/, '');
  const units = whole.replace(/^0+(?=\d)/, '');
  return kept === '' ? units : `${units}.${kept}`;
}
