import { FOLD_VERSION } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { StrataError } from '@strata/pipeline';
import { expect, it } from 'vitest';
import { TestStack } from './test-stack.ts';

it('refuses to go on with what another version of the fold has made, and says what to do', async () => {
  const stack = new TestStack();
  stack.open('data');
  stack.publish();
  const first = await stack.start();
  stack.events([aPurchase(day(1))]);
  await stack.settled();
  await first.stop();
  const before = await stack.store.inspect(0);

  await stack.start({ settings: { foldVersion: FOLD_VERSION + 1 } });
  await stack.until('the process has to end', () => stack.fatal.length > 0);
  const fault = stack.fatal[0] as StrataError;
  expect(fault).toBeInstanceOf(StrataError);
  expect(fault.code).toBe('STRATA_SCORER_FOLD_VERSION');
  expect(fault.message).toContain(`folded by version ${FOLD_VERSION}`);
  expect(fault.message).toContain('./strata rebuild');
  const after = await stack.store.inspect(0);
  expect({ ...after, owner: null }).toEqual({ ...before, owner: null });

  const same = await stack.start();
  stack.events([aPurchase(day(2))]);
  await stack.settled();
  expect(stack.fatal).toHaveLength(1);
  await same.stop();
});
