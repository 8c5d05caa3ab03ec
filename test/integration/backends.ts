import type { StackAddresses } from '@strata/local-stack';
import { inject } from 'vitest';

let found: Promise<StackAddresses> | undefined;

/** Addresses of the back ends that all files of a run share; the first caller waits until they have started. */
export async function backends(): Promise<StackAddresses> {
  found ??= ask();
  return found;
}

async function ask(): Promise<StackAddresses> {
  const response = await fetch(inject('backendsUrl'));
  const body = await response.text();
  if (!response.ok) throw new Error(`The back ends did not start: ${body}`);
  return JSON.parse(body) as StackAddresses;
}
