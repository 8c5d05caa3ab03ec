/** East Asian wide characters take the room of two others. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;

/** The text as far as it fits into so many columns; a picture has no room to wrap. */
export function shortText(text: string, columns: number): string {
  let used = 0;
  let kept = '';
  for (const character of text) {
    used += columnsOf(character);
    // The mark that something is missing takes a column.
    if (used > columns) return `${cut(kept, columns - 1)}…`;
    kept += character;
  }
  return text;
}

export function textColumns(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + columnsOf(character), 0);
}

function cut(text: string, columns: number): string {
  const characters = Array.from(text);
  while (textColumns(characters.join('')) > columns) characters.pop();
  return characters.join('');
}

function columnsOf(character: string): number {
  return WIDE.test(character) ? 2 : 1;
}
