import type { PublishedPolicy } from '@strata/contracts';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import { findPublication, publicationName } from './find-publication.ts';
import { policyTexts } from './texts.ts';

/** The publication that somebody named. @throws where there is none of the name. */
export function publicationOf(
  publications: readonly PublishedPolicy[],
  text: string,
  language: Language,
): PublishedPolicy {
  const words = policyTexts(language);
  if (publications.length === 0) throw new CliFault('STRATA_CLI_NO_POLICY', words.none);
  const name = publicationName(text);
  const found = name === null ? null : findPublication(publications, name);
  if (found === null) throw new CliFault('STRATA_CLI_NO_SUCH_POLICY', words.unknown(text));
  return found;
}
