import { displayWidth } from '../table-text.ts';

/** Lines no wider than asked for: broken at spaces, and between Chinese characters, but never before a closing mark. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(PIECES) ?? []) {
    if (line !== '' && displayWidth((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else line += piece;
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}

/** One Chinese character with the marks behind it, or a word with its spaces. */
const PIECES =
  /[\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff][\u3000-\u303f\uff00-\uffef]*\s*|[^\s\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff]+\s*|\s+/gu;
