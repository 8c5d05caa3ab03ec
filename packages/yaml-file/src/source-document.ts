import { type Document, isMap, isPair, isScalar, type LineCounter } from 'yaml';
import { type FieldPath, type FilePlace, type FileProblem, fieldText } from './file-problem.ts';
import type { FileProblemKey, ProblemTexts } from './file-problem-texts.ts';

type Args = Readonly<Record<string, string>>;

/**
 * A YAML document that knows where each of its fields stands, so that a problem can name the line. `K` are the keys of
 * the sentences that its grammar has beside those of every file.
 */
export class SourceDocument<K extends string> {
  readonly raw: unknown;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #file: string;
  readonly #texts: ProblemTexts<K>;

  constructor(options: {
    document: Document.Parsed;
    lines: LineCounter;
    file: string;
    texts: ProblemTexts<K>;
  }) {
    this.#document = options.document;
    this.#lines = options.lines;
    this.#file = options.file;
    this.#texts = options.texts;
    this.raw = options.document.toJS({ maxAliasCount: 100 });
  }

  /** The place of the field's value; where the field is missing, of the nearest field around it. */
  placeOf(path: FieldPath): FilePlace {
    for (let depth = path.length; depth >= 0; depth--) {
      const offset = this.#offsetOf(path.slice(0, depth));
      if (offset !== null) return this.placeAt(offset);
    }
    return this.placeAt(0);
  }

  placeAt(offset: number): FilePlace {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  problem(key: K | FileProblemKey, path: FieldPath, args: Args = {}): FileProblem {
    const texts = this.#texts[key];
    return {
      severity: 'error',
      ...this.placeOf(path),
      field: fieldText(path),
      what: texts.what(args),
      remedy: texts.remedy(args),
    };
  }

  /** A key's own place says more than that of its value: the value may stand on a later line. */
  #offsetOf(path: FieldPath): number | null {
    const last = path.at(-1);
    if (typeof last === 'string') {
      const parent = path.length === 1 ? this.#document.contents : this.#nodeAt(path.slice(0, -1));
      if (!isMap(parent)) return null;
      const pair = parent.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === last,
      );
      return pair !== undefined && isScalar(pair.key) ? (pair.key.range?.[0] ?? null) : null;
    }
    return rangeStart(path.length === 0 ? this.#document.contents : this.#nodeAt(path));
  }

  #nodeAt(path: FieldPath): unknown {
    return this.#document.getIn(path, true);
  }
}

function rangeStart(node: unknown): number | null {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0] ?? null;
}
