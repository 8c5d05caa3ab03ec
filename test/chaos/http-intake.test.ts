import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { said } from './audit/said.ts';
import { HttpTrial } from './http/http-trial.ts';
import { ChaosStack } from './stack/chaos-stack.ts';

let stack: ChaosStack;

beforeAll(async () => {
  stack = await ChaosStack.start({ partitions: 4 });
}, 300_000);

afterAll(async () => {
  await stack?.stop();
});

it('a broker killed under load by HTTP loses no accepted event, and each counts once', async () => {
  const trial = await HttpTrial.open(stack, { eventsEach: 5 });
  onTestFinished(() => trial.close());
  const figures = await trial.load.during(8, () => trial.killBroker());
  // Senders send the rest again as it was: what lies in the log already counts once.
  await trial.load.finish();
  const { verdict, sent, lost, invented, orders, deadLetters } = await trial.result(figures);
  process.stderr.write(`by HTTP: ${JSON.stringify(figures)}; ${said(verdict)}\n`);
  expect(verdict.faults).toEqual([]);
  expect({ lost, invented, deadLetters }).toEqual({ lost: 0, invented: 0, deadLetters: 0 });
  expect(trial.load.accepted.size).toBe(sent);
  expect(orders).toBe(sent);
  expect(figures.statuses[503]).toBeGreaterThan(0);
});
