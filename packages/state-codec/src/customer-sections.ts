import type { CustomerState, Instant } from '@strata/domain';

import { type ByteReader, damaged } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { CustomerSection } from './customer-section.ts';
import { labelSection } from './label-section.ts';
import { joinedSection, overrideSection } from './life-sections.ts';
import { absorbedSection, aliasSection } from './merge-sections.ts';
import { olderOrdersSection } from './older-orders-section.ts';
import { feedbackSection, satisfactionSection } from './opinion-section.ts';
import { originalSection } from './original-section.ts';
import { pagesSection } from './pages-section.ts';
import { attributesSection, opportunitiesSection } from './profile-sections.ts';
import {
  existingSinceSection,
  namedSection,
  referralSection,
  referredBySection,
} from './referral-section.ts';
import { StateCodecError } from './state-codec-error.ts';

/** Stands behind the last section, so that bytes cut between two of them are told from a state without the second. */
const END = 0;

/** By ascending id, the order in which they are written. */
export const SECTIONS: readonly CustomerSection[] = [
  labelSection,
  feedbackSection,
  satisfactionSection,
  referralSection,
  referredBySection,
  existingSinceSection,
  joinedSection,
  overrideSection,
  attributesSection,
  opportunitiesSection,
  originalSection,
  olderOrdersSection,
  pagesSection,
  namedSection,
  aliasSection,
  absorbedSection,
];

export function writeSections(
  writer: ByteWriter,
  state: CustomerState,
  { clock, sections }: { clock: Instant; sections: readonly CustomerSection[] },
): void {
  for (const section of sections) {
    if (section.isEmpty(state)) continue;
    writer.section(section.id, () => section.write(writer, state, clock));
  }
  writer.unsigned(END);
}

export function readSections(
  reader: ByteReader,
  state: CustomerState,
  { clock, sections }: { clock: Instant; sections: readonly CustomerSection[] },
): CustomerState {
  let current = state;
  let last = 0;
  for (let id = reader.unsigned(); id !== END; id = reader.unsigned()) {
    if (id <= last) throw damaged('sections are not in ascending order');
    last = id;
    const known = sections.find((it) => it.id === id);
    if (known === undefined) throw unknownSection(id);
    const before = current;
    current = reader.section(() => known.read(reader, before, clock));
  }
  return current;
}

function unknownSection(id: number): StateCodecError {
  return new StateCodecError(
    'STRATA_STATE_CODEC_SECTION',
    `stored state has section ${id}, which this build does not know: ` +
      'run the newer build, or rebuild this partition from the customer log',
  );
}
