import { OVERRIDE_KINDS } from '@strata/domain';

import { damaged } from './byte-reader.ts';
import type { CustomerSection } from './customer-section.ts';

const NOTHING = 0;
const INSTANT = 1;

/** Most customers joined with the tier they have: then nothing is written, and reading takes `since` for it. */
export const joinedSection: CustomerSection = {
  id: 10,
  isEmpty: ({ joinedAt, standing }) => joinedAt === (standing?.since ?? null),
  write(writer, { joinedAt }, clock) {
    writer.byte(joinedAt === null ? NOTHING : INSTANT);
    if (joinedAt !== null) writer.signed(joinedAt - clock);
  },
  read: (reader, state, clock) => ({
    ...state,
    joinedAt: reader.byte() === NOTHING ? null : reader.signed() + clock,
  }),
};

/** What a person decided about the tier. */
export const overrideSection: CustomerSection = {
  id: 11,
  isEmpty: ({ override }) => override === null,
  write(writer, { override }, clock) {
    if (override === null) return;
    writer.byte(OVERRIDE_KINDS.indexOf(override.kind));
    writer.text(override.tier);
    writer.text(override.reason);
    writer.text(override.actor);
    writer.byte(override.until === null ? NOTHING : INSTANT);
    if (override.until !== null) writer.signed(override.until - clock);
  },
  read(reader, state, clock) {
    const kind = OVERRIDE_KINDS[reader.byte()];
    if (kind === undefined) throw damaged('an override is of no known kind');
    const [tier, reason, actor] = [reader.text(), reader.text(), reader.text()];
    const until = reader.byte() === NOTHING ? null : reader.signed() + clock;
    return { ...state, override: { kind, tier, reason, actor, until } };
  },
};
