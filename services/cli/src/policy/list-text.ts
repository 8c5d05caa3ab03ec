import { formatRfc3339, type PublishedPolicy } from '@strata/contracts';
import type { Language } from '../language.ts';
import { tableText } from '../table-text.ts';
import { shortId } from './find-publication.ts';
import { policyTexts } from './texts.ts';

/** Every publication, the newest first, and under the table why. */
export function listText(publications: readonly PublishedPolicy[], language: Language): string {
  const words = policyTexts(language);
  const newest = publications.toReversed();
  const rows = newest.map(({ number, set, publishedAt, publishedBy, standing, announceFrom }) => [
    `${number}`,
    shortId(set.id),
    set.policies.map(({ name, version }) => `${name}@${version}`).join(', '),
    formatRfc3339(publishedAt),
    publishedBy,
    words.standings[standing],
    words.announced(announceFrom),
  ]);
  const reasons = newest.flatMap(({ number, reason }) =>
    reason === null ? [] : [words.because(number, reason)],
  );
  const why = reasons.length === 0 ? [] : ['', words.reasons, ...reasons];
  return `${[tableText([words.columns, ...rows]), ...why].join('\n')}\n`;
}

/** A publication without what its policies hold. */
export function publicationJson(publication: PublishedPolicy) {
  const { number, set, standing, basedOn, announceFrom, publishedAt, publishedBy, reason } =
    publication;
  return {
    number,
    id: set.id,
    policies: set.policies.map(({ name, version }) => ({ name, version })),
    standing,
    basedOn,
    announceFrom,
    publishedAt: formatRfc3339(publishedAt),
    publishedBy,
    reason,
  };
}
