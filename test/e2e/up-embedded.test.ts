import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../services/cli/src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'strata-up-'));
const env = {
  ...process.env,
  LC_ALL: '',
  LANG: 'en_US.UTF-8',
  STRATA_STACK_DIR: join(folder, 'stack'),
};

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in another terminal, standing in `folder`. */
function strata(argv: readonly string[], stdin = '', changes: NodeJS.ProcessEnv = {}) {
  return new Promise<Ended>((resolve) => {
    const options = { cwd: folder, env: { ...env, ...changes } };
    const child = execFile(process.execPath, [main, ...argv], options, (_fault, stdout, stderr) =>
      resolve({ exitCode: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end(stdin);
  });
}

const foreground = spawn(process.execPath, [main, 'up', '--stack', 'embedded', '--data', 'demo'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
const ended = new Promise<number | null>((resolve) => foreground.once('close', resolve));

beforeAll(async () => {
  foreground.stdout.setEncoding('utf8');
  for await (const text of foreground.stdout.iterator({ destroyOnReturn: false })) {
    said += text;
    if (said.includes('Ctrl-C ends it')) return;
  }
  throw new Error(`The stack did not come up:\n${said}`);
});

afterAll(async () => {
  foreground.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

test('says what it is, and brings the demo’s customers', () => {
  expect(said).toContain('Stack: embedded.');
  expect(said).toContain('In force: policy shop version 1');
  expect(said).toContain('601 customers, all graded');
});

test('commands of another terminal run in it, in the language of that terminal', async () => {
  const status = await strata(['status']);
  expect(status).toMatchObject({ exitCode: 0 });
  expect(status.stdout).toContain('The stack is up (embedded, data time).');
  expect(status.stdout).toMatch(/Dead letters\s+15\n/);
  const why = await strata(['why', '林记茶行', '--at', '2025-02-01'], '', { LANG: 'zh_CN.UTF-8' });
  expect(why).toMatchObject({ exitCode: 0 });
  expect(why.stdout).toContain('林记茶行 的客户等级是 金牌客户 (gold)');
  expect(await strata(['why', 'nobody'])).toMatchObject({ exitCode: 1 });
  expect(await strata(['why'])).toMatchObject({ exitCode: 2 });
});

test('files are those of the terminal: read, written, and from standard input', async () => {
  const event = (id: string, customerId: string): string =>
    `${JSON.stringify({
      type: 'purchase',
      source: 'test',
      eventId: id,
      customerId,
      orderId: id,
      occurredAt: '2026-01-02T00:00:00Z',
      amount: {
        minor: 9e4,
        currency: 'CNY',
      },
    })}\n`;
  writeFileSync(join(folder, 'one.ndjson'), event('f1', 'of-a-file'));
  const file = await strata(['import', 'one.ndjson', '--format', 'events']);
  expect(file).toMatchObject({ exitCode: 0 });
  const piped = await strata(['import', '-', '--format', 'events'], event('p1', 'of-a-pipe'));
  expect(piped).toMatchObject({ exitCode: 0 });
  expect(await strata(['profiles', '--out', 'out.csv'])).toMatchObject({ exitCode: 0 });
  const rows = readFileSync(join(folder, 'out.csv'), 'utf8').trimEnd().split('\n');
  expect(rows).toHaveLength(604);
  expect(rows.filter((row) => /,of-a-(file|pipe),gold,/.test(row))).toHaveLength(2);
});

test('amounts in another currency are counted once there are rates, and why says by which', async () => {
  const event = JSON.stringify({
    type: 'purchase',
    source: 'test',
    eventId: 'usd',
    customerId: 'in-dollars',
    orderId: 'usd',
    occurredAt: '2026-01-03T00:00:00Z',
    amount: { minor: 1_000, currency: 'USD' },
  });
  const refused = await strata(['import', '-', '--format', 'events'], `${event}\n`);
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stderr).toContain('Publish rates first (./strata rates publish FILE');
  writeFileSync(join(folder, 'wrong.csv'), '2026-01-01,CNY,USD,0.14\n');
  const wrong = await strata(['rates', 'publish', 'wrong.csv']);
  expect(wrong).toMatchObject({ exitCode: 1 });
  expect(wrong.stderr).toContain('The stack counts in CNY, and no rate of the file leads to it');
  writeFileSync(join(folder, 'rates.csv'), 'day,from,to,rate\n2026-01-01,USD,CNY,7.125\n');
  const published = await strata(['rates', 'publish', 'rates.csv']);
  expect(published).toMatchObject({ exitCode: 0 });
  expect(published.stdout).toContain('Every partition converts by 1 rates more: USD → CNY');
  const imported = await strata(['import', '-', '--format', 'events'], `${event}\n`);
  expect(imported).toMatchObject({ exitCode: 0 });
  const why = await strata(['why', 'in-dollars']);
  expect(why.stdout).toContain('10.00 USD = 71.25 CNY (7.125, 2026-01-01)');
  writeFileSync(join(folder, 'mended.csv'), '2026-01-01,USD,CNY,7.25\n');
  expect(await strata(['rates', 'publish', 'mended.csv', '--correct'])).toMatchObject({
    exitCode: 0,
  });
  const after = await strata(['why', 'in-dollars']);
  expect(after.stdout).toContain('10.00 USD = 72.50 CNY (7.25, 2026-01-01)');
});

test('events are taken by HTTP, with the key that the stack has made for its user', async () => {
  const { intake } = JSON.parse((await strata(['status', '--json'])).stdout);
  expect(said).toContain(`POST ${intake.url}/v1/events`);
  expect(readFileSync(intake.keyFile, 'utf8').trim()).toBe(intake.key);
  const event = {
    type: 'purchase',
    source: 'shop',
    eventId: 'http',
    customerId: 'by-http',
    orderId: 'http',
    occurredAt: '2026-01-04T00:00:00Z',
    amount: { minor: 9e4, currency: 'CNY' },
  };
  const answer = await fetch(`${intake.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${intake.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { accepted: 1, refused: 0 }]);
  let why = await strata(['why', 'by-http']);
  while (why.exitCode !== 0) why = await strata(['why', 'by-http']);
  expect(why.stdout).toContain('by-http is Gold (gold)');
});

test('there is one stack at a time, and down ends it with nothing left', async () => {
  const again = await strata(['up', '--stack', 'embedded']);
  expect(again).toMatchObject({ exitCode: 1 });
  expect(again.stderr).toContain('A stack is up already.');
  expect(await strata(['down'])).toMatchObject({ exitCode: 0 });
  expect(await ended).toBe(0);
  expect(existsSync(join(env.STRATA_STACK_DIR, 'embedded.json'))).toBe(false);
  expect(await strata(['status'])).toMatchObject({ exitCode: 1, stdout: 'The stack is down.\n' });
});
