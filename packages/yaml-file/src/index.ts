export { byPlace, checkShape } from './check-shape.ts';
export * from './describe-issue.ts';
export { documentsText } from './documents-text.ts';
export {
  type Bilingual,
  type FieldPath,
  type FilePlace,
  type FileProblem,
  fieldText,
  problemText,
} from './file-problem.ts';
export * from './file-problem-texts.ts';
export { knownKeysOf } from './known-keys.ts';
export { nearestWord } from './nearest-word.ts';
export { type ProblemText, words } from './problem-words.ts';
export { readDocuments } from './read-documents.ts';
export { quoted, shown } from './shown.ts';
export { SourceDocument } from './source-document.ts';
export { fullWidthSign } from './syntax-problem.ts';
export { isTimeZone } from './time-zone.ts';
