import { expect, test } from 'vitest';
import { RELAY_NOTE_HEADER, relayNoteBytes, relayNoteOf } from './relay-note.ts';

test('a note comes back as it was written', () => {
  for (const note of [
    { foldVersion: 1, published: 0 },
    { foldVersion: 12, published: 9_007_199_254 },
  ]) {
    expect(relayNoteOf({ headers: { [RELAY_NOTE_HEADER]: relayNoteBytes(note) } })).toEqual(note);
  }
});

test.each(['', '1', '1.', '.1', '1.x', '-1.2', '1.2.3', '1.0000000000000000', 'x'.repeat(40)])(
  'an output with the note %j has none',
  (text) => {
    const bytes = new TextEncoder().encode(text);
    expect(relayNoteOf({ headers: { [RELAY_NOTE_HEADER]: bytes } })).toBeNull();
    expect(relayNoteOf({ headers: {} })).toBeNull();
  },
);
