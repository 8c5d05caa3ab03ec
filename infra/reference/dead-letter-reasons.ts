import { DEAD_LETTER_REASONS, deadLetterSentence } from '../../packages/contracts/src/index.ts';
import { code, page, table } from './markdown.ts';

/** docs/reference/dead-letter-reasons.md, from the closed list and its sentences. */
export function deadLetterReasonsPage(): string {
  return page('Dead-letter reasons', [
    [
      'A record that cannot be used goes whole and sealed to `strata.dead-letters.v1`, with one of these',
      'reasons and the name of the field at fault, never its value. The list is closed: intake, fold and',
      'file formats share it, so counts add up across them. Sentences are shown with the field `amount`.',
    ].join('\n'),
    table(
      ['Reason', 'English', '中文'],
      DEAD_LETTER_REASONS.map((reason) => [
        code(reason),
        deadLetterSentence(reason, 'amount', 'en'),
        deadLetterSentence(reason, 'amount', 'zh'),
      ]),
    ),
  ]);
}
