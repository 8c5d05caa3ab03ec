/** A sentence in both languages of the project. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Where in the file: lines and columns count from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a YAML file: where it stands, what it is, and what to write instead. */
export interface FileProblem extends FilePlace {
  readonly severity: 'error' | 'warning';
  /** The path of the field, as `dimensions.recency.steps[1].within`; empty for the whole document. */
  readonly field: string;
  readonly what: Bilingual;
  readonly remedy: Bilingual;
}

export type FieldPath = readonly (string | number)[];

/** The field path as people write it. */
export function fieldText(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** One line for a terminal: `file:line:column: field: what. Remedy.` */
export function problemText(problem: FileProblem, language: keyof Bilingual): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const field = problem.field === '' ? '' : `${problem.field}: `;
  const severity = SEVERITY_TEXT[problem.severity][language];
  return `${place}: ${severity}${field}${problem.what[language]}${problem.remedy[language]}`;
}

const SEVERITY_TEXT = {
  error: { zh: '', en: '' },
  warning: { zh: '提醒：', en: 'warning: ' },
} as const;
