import type { PolicySet } from '@strata/domain';
import {
  type CalibrationPublication,
  calibrationPublicationFromWire,
  isCalibrationKey,
} from './calibration-publication.ts';
import {
  isPolicyKey,
  type PolicyPublication,
  policyPublicationFromWire,
} from './policy-publication.ts';
import {
  isShadowKey,
  type ShadowPublication,
  shadowPublicationFromWire,
} from './shadow-publication.ts';
import type { WireRecord } from './wire-record.ts';

/** `void`: another one was published against the same before it, so it never was in force. */
export type PublicationStanding = 'in-force' | 'former' | 'void';

/** Publications are numbered by their place in the topic, from 1. */
export interface PublishedPolicy extends PolicyPublication {
  readonly number: number;
  readonly standing: PublicationStanding;
}

export interface PublishedCalibration extends CalibrationPublication {
  readonly number: number;
}

/** A set that is tried beside the one in force. */
export interface PublishedShadow extends ShadowPublication {
  readonly set: PolicySet;
  readonly number: number;
}

/** A record of the policies topic, with its bytes as Avro gave them. */
export interface BookRecord {
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/**
 * What the policies topic says, told from its records in their order: which sets were published, which one holds, and
 * the calibrations. Of two who publish at once against the same set in force the first in the topic has done it; the
 * record of the second is void, and everybody who reads the topic finds it so.
 */
export class PolicyBook {
  readonly #decode: (value: Uint8Array) => WireRecord;
  readonly #policies: PublishedPolicy[] = [];
  readonly #calibrations: PublishedCalibration[] = [];
  #shadow: (ShadowPublication & { readonly number: number }) | null = null;

  constructor(decode: (value: Uint8Array) => WireRecord) {
    this.#decode = decode;
  }

  /** Oldest first. */
  get policies(): readonly PublishedPolicy[] {
    return this.#policies;
  }

  /** Oldest first, of all sets. */
  get calibrations(): readonly PublishedCalibration[] {
    return this.#calibrations;
  }

  /** The set that holds; null before the first. */
  get inForce(): PublishedPolicy | null {
    return this.#policies.find(({ standing }) => standing === 'in-force') ?? null;
  }

  /** What is tried beside the set in force; null where nothing is, or where it has been published since. */
  get shadow(): PublishedShadow | null {
    const shadow = this.#shadow;
    if (shadow === null || shadow.set === null) return null;
    const { set, number } = shadow;
    return this.inForce?.set.id === set.id ? null : { ...shadow, set, number };
  }

  /** The newest calibration of a set; null before its first. */
  calibrationOf(setId: string): PublishedCalibration | null {
    return this.#calibrations.findLast(({ calibration }) => calibration.setId === setId) ?? null;
  }

  /** Takes the next record. Answers what it is; null where it is nothing of the book, or a repeat. */
  take({ offset, key, value }: BookRecord): PublishedPolicy | PublishedCalibration | null {
    if (value === null) return null;
    const number = offset + 1;
    if (isPolicyKey(key)) {
      return this.#publish({ ...policyPublicationFromWire(this.#decode(value)), number });
    }
    if (isShadowKey(key)) {
      this.#shadow = { ...shadowPublicationFromWire(this.#decode(value)), number };
      return null;
    }
    if (isCalibrationKey(key)) {
      return this.#calibrate({ ...calibrationPublicationFromWire(this.#decode(value)), number });
    }
    return null;
  }

  #publish(publication: Omit<PublishedPolicy, 'standing'>): PublishedPolicy | null {
    const { inForce } = this;
    // Sent twice by one publisher who did not hear the first answer.
    if (this.#policies.some((it) => isSame(it, publication))) return null;
    const isNext = publication.basedOn === (inForce?.number ?? 0);
    const published = { ...publication, standing: isNext ? 'in-force' : 'void' } as const;
    if (isNext && inForce !== null) {
      this.#policies[this.#policies.indexOf(inForce)] = { ...inForce, standing: 'former' };
    }
    this.#policies.push(published);
    return published;
  }

  #calibrate(published: PublishedCalibration): PublishedCalibration | null {
    const { id, setId } = published.calibration;
    const isRepeat = this.#calibrations.some(
      ({ calibration }) => calibration.id === id && calibration.setId === setId,
    );
    if (isRepeat) return null;
    this.#calibrations.push(published);
    return published;
  }
}

function isSame(one: PolicyPublication, other: PolicyPublication): boolean {
  return (
    one.set.id === other.set.id &&
    one.basedOn === other.basedOn &&
    one.publishedAt === other.publishedAt
  );
}
