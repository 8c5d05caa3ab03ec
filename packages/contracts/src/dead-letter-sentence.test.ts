import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEAD_LETTER_REASONS } from './dead-letter-reason.ts';
import { deadLetterSentence, LANGUAGES } from './dead-letter-sentence.ts';

const golden = JSON.parse(
  readFileSync(new URL('../fixtures/dead-letter-sentences.json', import.meta.url), 'utf8'),
) as unknown;

test('says every reason in both languages as the golden file has it', () => {
  const said = Object.fromEntries(
    DEAD_LETTER_REASONS.map((reason) => [
      reason,
      Object.fromEntries(
        LANGUAGES.map((language) => [
          language,
          [
            deadLetterSentence(reason, 'orderId', language),
            deadLetterSentence(reason, null, language),
          ],
        ]),
      ),
    ]),
  );
  expect(said).toEqual(golden);
});

test('leaves no placeholder behind', () => {
  for (const reason of DEAD_LETTER_REASONS) {
    for (const language of LANGUAGES) {
      expect(deadLetterSentence(reason, null, language)).not.toContain('{');
    }
  }
});
