import { policySetFrom, policySetText } from '@strata/contracts';
import { policySetOf } from '@strata/policy-file';
import { expect, it } from 'vitest';
import { inCurrency, PRESET_DEFAULT, readPolicy } from './policy-choice.ts';

const choice = { cwd: '/', language: 'en' as const };

it('counts a preset in the currency of the data, and a changed currency is another set', async () => {
  const chosen = await readPolicy({ ...choice, policy: PRESET_DEFAULT });
  const inUsd = inCurrency(chosen, 'USD');
  expect(inUsd.policies[0]?.baseCurrency).toBe('USD');
  expect(inUsd.id).not.toBe(chosen.set.id);
  expect(inCurrency(chosen, null)).toBe(chosen.set);
  expect(inCurrency({ ...chosen, isPreset: false }, 'USD')).toBe(chosen.set);
});

it('hashes the very text that is published', async () => {
  const { set } = await readPolicy({ ...choice, policy: PRESET_DEFAULT });
  const published = policySetFrom(set.id, policySetText(set));
  expect(policySetOf(published.policies)).toEqual(set);
});

it('suggests a preset, or a path', async () => {
  await expect(readPolicy({ ...choice, policy: 'shp' })).rejects.toThrow(
    "There is no preset 'shp'. Did you mean 'shop'?",
  );
});
