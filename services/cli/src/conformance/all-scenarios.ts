import type { Scenario } from './scenario.ts';
import { alteredBody } from './scenarios/altered-body.ts';
import { atOnce } from './scenarios/at-once.ts';
import { forgedSignature } from './scenarios/forged-signature.ts';
import { gap } from './scenarios/gap.ts';
import { inOrder } from './scenarios/in-order.ts';
import { largeBody } from './scenarios/large-body.ts';
import { nonAsciiIds } from './scenarios/non-ascii-ids.ts';
import { reordered } from './scenarios/reordered.ts';
import { repeated } from './scenarios/repeated.ts';
import { repeatedAtOnce } from './scenarios/repeated-at-once.ts';
import { replay } from './scenarios/replay.ts';
import { sameTier } from './scenarios/same-tier.ts';
import { staleTimestamp } from './scenarios/stale-timestamp.ts';
import { twoSignatures } from './scenarios/two-signatures.ts';
import { unknownFields } from './scenarios/unknown-fields.ts';
import { unknownType } from './scenarios/unknown-type.ts';
import { withdrawn } from './scenarios/withdrawn.ts';

/** In the order of the table: the first that fails is the first to mend. */
export const SCENARIOS: readonly Scenario[] = [
  inOrder,
  repeated,
  repeatedAtOnce,
  reordered,
  atOnce,
  gap,
  withdrawn,
  sameTier,
  replay,
  forgedSignature,
  alteredBody,
  staleTimestamp,
  twoSignatures,
  unknownType,
  unknownFields,
  nonAsciiIds,
  largeBody,
];
