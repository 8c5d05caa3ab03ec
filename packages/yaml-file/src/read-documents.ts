import {
  type Document,
  isDocument,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import type { FileProblem } from './file-problem.ts';
import type { ProblemTexts } from './file-problem-texts.ts';
import type { ProblemText } from './problem-words.ts';
import { SourceDocument } from './source-document.ts';
import { type SourceText, syntaxProblem } from './syntax-problem.ts';

export type SourcesResult<K extends string> =
  | { readonly ok: true; readonly sources: readonly [SourceDocument<K>, ...SourceDocument<K>[]] }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Reads the YAML documents of a file. Lines count through the whole file, whatever the document. */
export function readDocuments<K extends string>(
  text: string,
  { file, texts }: { readonly file: string; readonly texts: ProblemTexts<K> },
): SourcesResult<K> {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const documents = (Array.isArray(parsed) ? parsed : []).filter(isDocument);
  const broken = documents.flatMap((document) => document.errors);
  if (broken.length > 0) {
    return refused(tellable(broken).map((error) => syntaxProblem(error, { text, lines, file })));
  }
  const sources: SourceDocument<K>[] = [];
  for (const document of documents.filter(hasContents)) {
    const source = readSource(document, { text, lines, file }, texts);
    if ('problem' in source) return refused([source.problem]);
    sources.push(source.source);
  }
  const [first, ...others] = sources;
  if (first === undefined) return refused([emptyProblem(file, texts['empty-file'])]);
  return { ok: true, sources: [first, ...others] };
}

/** Behind a bracket that is not closed nothing is read as it was meant: only the first such error says anything. */
function tellable(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error.code === 'DUPLICATE_KEY' || error === first);
}

/** A document of comments alone is none. */
function hasContents({ contents }: Document.Parsed): boolean {
  return contents !== null && !(isScalar(contents) && contents.value === null);
}

/** Aliases are only resolved here: one may name nothing, contain itself, or unfold without end. */
function readSource<K extends string>(
  document: Document.Parsed,
  where: SourceText,
  texts: ProblemTexts<K>,
): { readonly source: SourceDocument<K> } | { readonly problem: FileProblem } {
  try {
    const source = new SourceDocument({ document, ...where, texts });
    if (!containsItself(source.raw)) return { source };
    return { problem: aliasProblem(document, where, 'An alias stands inside its own anchor') };
  } catch (fault) {
    if (!(fault instanceof ReferenceError)) throw fault;
    return { problem: aliasProblem(document, where, fault.message) };
  }
}

function containsItself(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (around.includes(value)) return true;
  return Object.values(value).some((inner) => containsItself(inner, [...around, value]));
}

function aliasProblem(document: Document.Parsed, where: SourceText, message: string): FileProblem {
  let offset = document.range[0];
  visit(document, {
    Alias: (_, alias) => {
      offset = alias.range?.[0] ?? offset;
      return visit.BREAK;
    },
  });
  return syntaxProblem({ code: 'BAD_ALIAS', message, pos: [offset, offset] }, where);
}

function refused(problems: readonly FileProblem[]): {
  ok: false;
  problems: readonly FileProblem[];
} {
  return { ok: false, problems };
}

function emptyProblem(file: string, texts: ProblemText): FileProblem {
  const place = { file, line: 1, column: 1, field: '' };
  return { severity: 'error', ...place, what: texts.what({}), remedy: texts.remedy({}) };
}
