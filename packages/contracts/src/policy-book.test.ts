import { canonicalJson, type PolicySet } from '@strata/domain';
import { aPolicy, aPolicySet } from '@strata/domain/builders';
import { expect, test } from 'vitest';
import {
  type CalibrationPublication,
  calibrationKey,
  calibrationPublicationToWire,
} from './calibration-publication.ts';
import { PolicyBook } from './policy-book.ts';
import {
  type PolicyPublication,
  policyKey,
  policyPublicationToWire,
} from './policy-publication.ts';
import type { WireRecord } from './wire-record.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const version = (n: number): PolicySet => aPolicySet(aPolicy({ version: n }));

/** A topic whose values are the wire itself. */
class Topic {
  readonly book = new PolicyBook((value) => JSON.parse(new TextDecoder().decode(value)));
  #offset = 0;

  publish(set: PolicySet, basedOn: number, changes: Partial<PolicyPublication> = {}) {
    const publication = {
      set,
      basedOn,
      announceFrom: 0,
      publishedAt: this.#offset,
      publishedBy: 'somebody',
      reason: null,
      ...changes,
    };
    return this.#append(policyKey(publication), policyPublicationToWire(publication));
  }

  calibrate(setId: string, id: string) {
    const publication: CalibrationPublication = {
      calibration: { id, setId, at: 7, dimensions: [] },
      inputs: [{ partition: 0, offset: 12 }],
      announceFrom: null,
      publishedAt: 8,
      publishedBy: 'somebody',
      reason: 'a year has passed',
    };
    return this.#append(calibrationKey(publication), calibrationPublicationToWire(publication));
  }

  #append(key: string, wire: WireRecord) {
    const value = bytes(canonicalJson(wire));
    return this.book.take({ offset: this.#offset++, key: bytes(key), value });
  }
}

test('publications are numbered by their place, and the last that was checked against the one before holds', () => {
  const topic = new Topic();
  expect(topic.book.inForce).toBeNull();
  topic.publish(version(1), 0);
  topic.publish(version(2), 1);
  topic.publish(version(1), 2);
  expect(
    topic.book.policies.map(({ number, set, standing }) => [number, set.id, standing]),
  ).toEqual([
    [1, 'test-1', 'former'],
    [2, 'test-2', 'former'],
    [3, 'test-1', 'in-force'],
  ]);
  expect(topic.book.inForce).toMatchObject({ number: 3, set: version(1) });
});

test('of two that were checked against the same the first in the topic holds, also for what follows', () => {
  const topic = new Topic();
  topic.publish(version(1), 0);
  topic.publish(version(2), 1);
  expect(topic.publish(version(3), 1)).toMatchObject({ number: 3, standing: 'void' });
  // Neither can anybody go on from the one that is void.
  expect(topic.publish(version(4), 3)).toMatchObject({ standing: 'void' });
  expect(topic.publish(version(5), 2)).toMatchObject({ standing: 'in-force' });
});

test('a publication that was sent twice is one', () => {
  const topic = new Topic();
  topic.publish(version(1), 0, { publishedAt: 5 });
  expect(topic.publish(version(1), 0, { publishedAt: 5 })).toBeNull();
  topic.publish(version(2), 1, { publishedAt: 6 });
  expect(topic.publish(version(2), 1, { publishedAt: 6 })).toBeNull();
  expect(topic.book.policies).toHaveLength(2);
  expect(topic.book.inForce?.number).toBe(3);
});

test('the newest calibration of a set is its own, whichever set holds', () => {
  const topic = new Topic();
  topic.publish(version(1), 0);
  topic.calibrate('test-1', 'a');
  topic.calibrate('test-2', 'b');
  topic.calibrate('test-1', 'c');
  expect(topic.calibrate('test-1', 'a')).toBeNull();
  expect(topic.book.calibrationOf('test-1')).toMatchObject({
    number: 4,
    calibration: { id: 'c', setId: 'test-1', at: 7, dimensions: [] },
    inputs: [{ partition: 0, offset: 12 }],
    announceFrom: null,
    reason: 'a year has passed',
  });
  expect(topic.book.calibrationOf('test-2')?.number).toBe(3);
  expect(topic.book.calibrationOf('test-3')).toBeNull();
});

test('tombstones and rates are nothing of the book', () => {
  const { book } = new Topic();
  expect(book.take({ offset: 0, key: bytes('policy:0:x:1'), value: null })).toBeNull();
  expect(book.take({ offset: 1, key: bytes('rates:published:x'), value: bytes('{}') })).toBeNull();
  expect(book.policies).toEqual([]);
});
