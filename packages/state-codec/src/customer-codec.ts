import type { CustomerState, Instant, PromotionEntry, Standing } from '@strata/domain';

import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { CustomerSection } from './customer-section.ts';
import { readSections, SECTIONS, writeSections } from './customer-sections.ts';
import { readLedger, writeLedger } from './ledger-codec.ts';
import { linksSection, reservationSection, type StateBody } from './merge-sections.ts';
import { usualExistingSince } from './referral-section.ts';
import { StateCodecError } from './state-codec-error.ts';

/**
 * First byte of every value. A new layout gets a new number, and the old one goes on being read: 2 is 1 with tagged
 * sections behind it.
 */
export const CUSTOMER_CODEC_VERSION = 2;
const VERSIONS: readonly number[] = [1, CUSTOMER_CODEC_VERSION];

const HAS_CLOCK = 1;
const IS_EXISTING = 2;
const HAS_SET = 4;
const HAS_STANDING = 8;
const IS_IN_GRACE = 16;
const IS_BLOCKED = 32;
const IS_WARNED = 64;
const HAS_OLDER_ORDER = 128;

const writer = new ByteWriter();

const body: StateBody = {
  write: writeBody,
  read: (reader) => readBody(reader, CUSTOMER_CODEC_VERSION),
};

/** Reservations and links hold a state in turn, so that their sections know how one is written. */
const sections: readonly CustomerSection[] = [
  ...SECTIONS,
  reservationSection(body),
  linksSection(body),
];

/**
 * Packs a customer's state. Equal states give equal bytes, so that bytes can be compared and hashed in its stead.
 * Instants and offsets are differences from the entry before; within one value no string is written twice.
 */
export function encodeCustomer(state: CustomerState): Uint8Array {
  writer.start(CUSTOMER_CODEC_VERSION);
  writeBody(writer, state);
  return writer.finish();
}

function writeBody(writer: ByteWriter, state: CustomerState): void {
  const hasClock = state.clock !== Number.NEGATIVE_INFINITY;
  writer.byte(flagsOf(state, hasClock));
  const clock = hasClock ? state.clock : 0;
  if (hasClock) writer.signed(clock);
  writer.unsigned(state.seq);
  if (state.setId !== null) writer.text(state.setId);
  if (state.standing !== null) writeStanding(state.standing, clock);
  writeLedger(writer, state.ledger, clock);
  writeSections(writer, state, { clock, sections });
}

/** @throws StateCodecError where the bytes are of an unknown version or damaged. */
export function decodeCustomer(bytes: Uint8Array): CustomerState {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (!VERSIONS.includes(version)) throw unknownVersion(version);
  const state = readBody(reader, version);
  reader.end();
  return state;
}

function readBody(reader: ByteReader, version: number): CustomerState {
  const flags = reader.byte();
  const clock = (flags & HAS_CLOCK) !== 0 ? reader.signed() : 0;
  const seq = reader.unsigned();
  const setId = (flags & HAS_SET) !== 0 ? reader.text() : null;
  const standing = (flags & HAS_STANDING) !== 0 ? readStanding(reader, clock, flags) : null;
  const ledger = readLedger(reader, clock, (flags & HAS_OLDER_ORDER) !== 0);
  const isExisting = (flags & IS_EXISTING) !== 0;
  const state: CustomerState = {
    clock: (flags & HAS_CLOCK) !== 0 ? clock : Number.NEGATIVE_INFINITY,
    seq,
    isExisting,
    existingSince: isExisting ? usualExistingSince({ ledger, clock }) : null,
    referredBy: [],
    named: [],
    setId,
    standing,
    // Version 1 did not keep it, and nobody who never moved needs it.
    joinedAt: standing?.since ?? null,
    override: null,
    ledger,
  };
  return version === 1 ? state : readSections(reader, state, { clock, sections });
}

function flagsOf(state: CustomerState, hasClock: boolean): number {
  const standing = state.standing;
  return (
    (hasClock ? HAS_CLOCK : 0) |
    (state.isExisting ? IS_EXISTING : 0) |
    (state.setId === null ? 0 : HAS_SET) |
    (standing === null ? 0 : HAS_STANDING) |
    (standing === null || standing.graceSince === null ? 0 : IS_IN_GRACE) |
    (standing?.isBlocked === true ? IS_BLOCKED : 0) |
    (standing?.isWarned === true ? IS_WARNED : 0) |
    (state.ledger.olderOrders === null ? 0 : HAS_OLDER_ORDER)
  );
}

function writeStanding(standing: Standing, clock: Instant): void {
  writer.text(standing.tier);
  writer.signed(standing.since - clock);
  if (standing.graceSince !== null) writer.signed(standing.graceSince - clock);
  writer.unsigned(standing.promotions.length);
  let at = standing.since;
  for (const promotion of standing.promotions) {
    writer.text(promotion.id);
    writer.signed(promotion.at - at);
    writer.text(promotion.fromTier);
    writer.text(promotion.toTier);
    writer.text(promotion.setId);
    at = promotion.at;
  }
}

function readStanding(reader: ByteReader, clock: Instant, flags: number): Standing {
  const tier = reader.text();
  const since = reader.signed() + clock;
  const graceSince = (flags & IS_IN_GRACE) !== 0 ? reader.signed() + clock : null;
  const promotions: PromotionEntry[] = [];
  let at = since;
  for (let left = reader.count(); left > 0; left--) {
    const id = reader.text();
    at += reader.signed();
    promotions.push({
      id,
      at,
      fromTier: reader.text(),
      toTier: reader.text(),
      setId: reader.text(),
    });
  }
  const isBlocked = (flags & IS_BLOCKED) !== 0;
  return { tier, since, graceSince, isBlocked, isWarned: (flags & IS_WARNED) !== 0, promotions };
}

function unknownVersion(version: number): StateCodecError {
  return new StateCodecError(
    'STRATA_STATE_CODEC_VERSION',
    `stored state has layout ${version}, this build reads up to ${CUSTOMER_CODEC_VERSION}: ` +
      'run the newer build, or rebuild this partition from the customer log',
  );
}
