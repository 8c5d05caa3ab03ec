import type { LineCounter, YAMLError } from 'yaml';
import type { Bilingual, FileProblem } from './file-problem.ts';
import { FILE_PROBLEM_TEXTS, type FileProblemKey } from './file-problem-texts.ts';

/** Where a problem of the text itself stands. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
}

/** What an input method for Chinese types instead of YAML's own punctuation. */
const FULL_WIDTH = /[：，｛｝［］]/;
/** What stands in quotes or behind # is no punctuation of YAML. */
const QUOTED_OR_REMARK = /"[^"]*"|'[^']*'|(^|\s)#.*$/g;

/** The reader's own words are English; these say the same in Chinese. Codes that no file of ours is likely to meet share one. */
const SYNTAX_ZH: Readonly<Record<string, string>> = {
  BAD_INDENT: '缩进有误',
  TAB_AS_INDENT: '缩进中有制表符',
  MISSING_CHAR: '缺少引号、括号、逗号或冒号',
  UNEXPECTED_TOKEN: '此处不应出现该符号',
  BAD_ALIAS: '别名有误',
  BAD_SCALAR_START: '文字不能以该符号开头，需加引号',
  BLOCK_AS_IMPLICIT_KEY: '同一行内出现了两层“键: 值”',
  MULTILINE_IMPLICIT_KEY: '键不能跨行，可能缺少冒号',
  BAD_DQ_ESCAPE: '双引号内的转义有误',
  TAG_RESOLVE_FAILED: '无法识别的标签',
};

/** A fault of YAML itself, told at its line. */
export function syntaxProblem(
  error: Pick<YAMLError, 'code' | 'message' | 'pos'>,
  source: SourceText,
): FileProblem {
  const [offset] = error.pos;
  const line = Math.max(source.lines.linePos(offset).line, 1);
  const fullWidth = fullWidthNear(source, line);
  if (fullWidth !== null) {
    const { sign, line: at, column } = fullWidth;
    return problemAt('full-width', { source, line: at, column }, sameIn({ sign }));
  }
  const place = { source, line, column: Math.max(source.lines.linePos(offset).col, 1) };
  const field = keyAt(source.text, offset);
  if (error.code === 'DUPLICATE_KEY') {
    return { ...problemAt('duplicate-key', place, sameIn({ key: field })), field };
  }
  const en = error.message.replace(/\.$/, '');
  return problemAt('yaml-syntax', place, {
    zh: { detail: SYNTAX_ZH[error.code] ?? '此处不是合法的 YAML' },
    en: { detail: en },
  });
}

type Args = Readonly<Record<string, string>>;
type ArgsByLanguage = Readonly<Record<keyof Bilingual, Args>>;

function sameIn(args: Args): ArgsByLanguage {
  return { zh: args, en: args };
}

function problemAt(
  key: FileProblemKey,
  place: { readonly source: SourceText; readonly line: number; readonly column: number },
  args: ArgsByLanguage,
): FileProblem {
  const { what, remedy } = FILE_PROBLEM_TEXTS[key];
  const { source, line, column } = place;
  return {
    severity: 'error',
    file: source.file,
    line,
    column,
    field: '',
    what: { zh: what(args.zh).zh, en: what(args.en).en },
    remedy: { zh: remedy(args.zh).zh, en: remedy(args.en).en },
  };
}

/** The reader stumbles over such a sign on its own line, or on the line behind it. */
function fullWidthNear(
  { text }: SourceText,
  line: number,
): { readonly sign: string; readonly line: number; readonly column: number } | null {
  const all = text.split('\n');
  for (const number of [line, line - 1]) {
    const content = all[number - 1] ?? '';
    const bare = content.replaceAll(QUOTED_OR_REMARK, (it) => ' '.repeat(it.length));
    const index = bare.search(FULL_WIDTH);
    if (index >= 0) return { sign: bare.charAt(index), line: number, column: index + 1 };
  }
  return null;
}

/** The sign that a word holds instead of YAML's own, or null. */
export function fullWidthSign(word: string): string | null {
  return FULL_WIDTH.exec(word)?.[0] ?? null;
}

function keyAt(text: string, offset: number): string {
  return /^["']?([^"':,\n]*)/.exec(text.slice(offset))?.[1]?.trim() ?? '';
}
