import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { aContext, type ContextChanges } from '../builders/command-context.ts';
import { CONSUMER_SECRET, type ConsumerHabits, startConsumer } from '../builders/test-consumer.ts';
import { runCli } from '../cli.ts';
import { SCENARIOS } from '../conformance/all-scenarios.ts';
import { conformanceCommand } from './conformance.ts';

async function conformance(argv: readonly string[], changes: ContextChanges = {}) {
  const { context, heard } = aContext(changes);
  const exitCode = await runCli(['conformance', ...argv], context, [conformanceCommand]);
  return { exitCode, ...heard };
}

async function aConsumer(habits: ConsumerHabits = {}) {
  const consumer = await startConsumer(habits);
  onTestFinished(() => consumer.close());
  const { url, stateTemplate } = consumer;
  return {
    url,
    looked: [url, '--secret', CONSUMER_SECRET, '--state', stateTemplate, '--wait', '0'],
  };
}

test('a right consumer: a row for each scenario, exit code 0, and no secret in sight', async () => {
  const { looked } = await aConsumer();
  const { exitCode, stdout, stderr } = await conformance(looked);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`All ${SCENARIOS.length} scenarios passed.`);
  for (const { name } of SCENARIOS) {
    expect(stdout).toMatch(new RegExp(`^${name} .+ as expected +passed$`, 'm'));
  }
  expect(stdout + stderr).not.toContain(CONSUMER_SECRET);
  expect(stderr).toMatch(/^Posting: \d+ webhooks in /m);
});

test('a wrong consumer: what was seen, what to do, exit code 1', async () => {
  const { looked } = await aConsumer({ takes: ({ customerSeq }, _, mark) => customerSeq >= mark });
  const { exitCode, stdout } = await conformance(looked);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^repeated .+ 4 effects, not 2 +FAILED$/m);
  expect(stdout).toMatch(/^ {2}repeated: Act only if customerSeq is above the last one/m);
  expect(stdout).toContain(`3 of ${SCENARIOS.length} scenarios failed`);
});

test('Chinese where the language is', async () => {
  const { looked } = await aConsumer({ takes: () => false });
  const { exitCode, stdout } = await conformance(looked, { language: 'zh' });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^in-order +每次变更都生效 +最终为 无等级，应为 silver +未通过$/m);
  // The others fail by this one; their remedies would mislead.
  expect(stdout).toMatch(/如何修正：\n {2}in-order: .+\n {2}然后重新运行.+\n\n/);
});

test('JSON tells each scenario with its misses', async () => {
  const { url, looked } = await aConsumer({
    answerTo: ({ kind }) => (kind === 'other' ? 422 : null),
  });
  const { exitCode, stdout } = await conformance([...looked, '--json']);
  const json = JSON.parse(stdout);
  expect(exitCode).toBe(1);
  expect(json).toMatchObject({ endpoint: url, sight: 'effects', failed: 1 });
  expect(
    json.scenarios.find(({ name }: { name: string }) => name === 'unknown-type'),
  ).toMatchObject({
    verdict: 'failed',
    seen: 'a good one got status 422, not 2xx',
    misses: [
      { kind: 'not-taken', status: 422 },
      { kind: 'not-taken', status: 422 },
    ],
  });
});

test('without a state URL the answers alone are judged, and it says so', async () => {
  const { url } = await aConsumer({ takes: () => false });
  const env = { STRATA_CONFORMANCE_SECRET: CONSUMER_SECRET };
  const { exitCode, stdout } = await conformance([url], { env });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Judged by answers alone');
});

test('a consumer without effects is told what was not seen', async () => {
  const { looked } = await aConsumer({ hasEffects: false });
  expect((await conformance(looked)).stdout).toContain('The state tells no effects');
});

test('a state URL that answers something else fails by name', async () => {
  const { url } = await aConsumer();
  const argv = [url, '--secret', CONSUMER_SECRET, '--state', `${url}/{customerId}`, '--wait', '0'];
  const { exitCode, stdout } = await conformance(argv);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^in-order .+ state URL: status 401, no {"tier": ...} +FAILED$/m);
});

test('nobody listens: one sentence instead of a table', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const url = `http://127.0.0.1:${(free.address() as AddressInfo).port}/hook`;
  free.close();
  await once(free, 'close');
  const { exitCode, stdout, stderr } = await conformance([url, '--secret', CONSUMER_SECRET]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain(`${url} gave no answer to the first webhook.`);
});

const URL_OF_NOBODY = 'http://127.0.0.1:9/hook';
test.each([
  { why: 'no address', argv: ['hook', '--secret', CONSUMER_SECRET], says: /whole address/ },
  {
    why: 'no web address',
    argv: ['file:///x', '--secret', CONSUMER_SECRET],
    says: /whole address/,
  },
  {
    why: 'a password inside',
    argv: ['http://a:b@127.0.0.1/', '--secret', CONSUMER_SECRET],
    says: /without user name/,
  },
  { why: 'no secret', argv: [URL_OF_NOBODY], says: /--secret whsec_... is needed/ },
  {
    why: 'a short secret',
    argv: [URL_OF_NOBODY, '--secret', 'whsec_AAAA'],
    says: /24 to 64 bytes/,
  },
  {
    why: 'no place for the id',
    argv: [URL_OF_NOBODY, '--secret', CONSUMER_SECRET, '--state', 'http://127.0.0.1/tiers'],
    says: /write \{customerId\}/,
  },
  {
    why: 'a wait without end',
    argv: [URL_OF_NOBODY, '--secret', CONSUMER_SECRET, '--wait', '601'],
    says: /whole seconds from 0 to 600/,
  },
])('wrong use: $why', async ({ argv, says }) => {
  const { exitCode, stderr } = await conformance(argv);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(says);
});
