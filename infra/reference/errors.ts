import { requireSameNames } from './closed-list.ts';
import { ERROR_TEXTS } from './error-texts.ts';
import { byText, code, page, table } from './markdown.ts';
import { productionSources } from './source-files.ts';

/** A code in quotes that is not the name of a variable asked for. */
const CODE = /(?<!env\[)'(STRATA_[A-Z]+(?:_[A-Z]+)*)'/g;

/** docs/reference/errors.md: every code of the code, and no other. */
export function errorsPage(): string {
  const found = productionSources().flatMap(({ text }) =>
    [...text.matchAll(CODE)].map(([, name = '']) => name),
  );
  const told = [...Object.keys(ERROR_TEXTS.service), ...Object.keys(ERROR_TEXTS.command)];
  requireSameNames('Error code', { found, told, place: 'infra/reference/error-texts.ts' });
  return page('Errors', [
    [
      'Every fault with a code of ours: a closed list. The message of a fault names the place and the',
      'remedy; this page is for those who search by code. Messages hold no personal data.',
    ].join('\n'),
    '## Services',
    tableOf(ERROR_TEXTS.service),
    '## Commands and the local stack',
    tableOf(ERROR_TEXTS.command),
  ]);
}

function tableOf(texts: (typeof ERROR_TEXTS)['service']): string {
  return table(
    ['Code', 'Means', 'What to do'],
    Object.entries(texts)
      .toSorted(([a], [b]) => byText(a, b))
      .map(([name, { means, remedy }]) => [code(name), means, remedy]),
  );
}
