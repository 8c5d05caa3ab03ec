import { describe, expect, test } from 'vitest';
import { sightings } from './must-happen.ts';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './simulation.ts';

const STEPS = 2_000;

describe('the simulator', () => {
  test.each([3, 58])('does exactly the same for the same seed (%i)', async (seed) => {
    const [one, other] = [
      await simulate({ seed, steps: 500 }),
      await simulate({ seed, steps: 500 }),
    ];
    expect(other.traceHash).toBe(one.traceHash);
    expect([...other.tally.counts]).toEqual([...one.tally.counts]);
    expect(one.failures).toEqual([]);
  });

  test('does something else for another seed', async () => {
    const [one, other] = [
      await simulate({ seed: 3, steps: 500 }),
      await simulate({ seed: 4, steps: 500 }),
    ];
    expect(other.traceHash).not.toBe(one.traceHash);
  });
});

test('2,000 seeds come to what a linear reading of their logs says, and have seen every fault', async () => {
  const range = { from: 1, to: 2_000, steps: STEPS, workers: 2, failuresMax: 3 };
  const { failed, tally, seeds } = await runSeeds(range);
  const again = failed.map(
    ({ seed, failures }) =>
      `node test/simulation/simulate.ts --seed ${seed} --steps ${STEPS}: ${failures[0]}`,
  );
  expect(again).toEqual([]);
  expect(sightings(tally, seeds).filter(({ seen, least }) => seen < least)).toEqual([]);
});
