import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandContext } from '../command.ts';
import { type RunCommand, startCommandServer } from './command-server.ts';
import { readEmbeddedRecord, writeEmbeddedRecord } from './embedded-record.ts';
import { forwardCommand, isEmbeddedUp, stopEmbedded } from './forward-command.ts';

const consoleUrl = 'http://127.0.0.1:1/';

async function aStack(run: RunCommand) {
  const dataDir = mkdtempSync(join(tmpdir(), 'strata-forward-'));
  let stops = 0;
  const server = await startCommandServer({ run, onStop: () => void stops++ });
  onTestFinished(async () => {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  writeEmbeddedRecord(dataDir, {
    commandUrl: server.url,
    token: server.token,
    consoleUrl,
    intakeUrl: null,
  });
  return { dataDir, server, env: { STRATA_STACK_DIR: dataDir }, stops: () => stops };
}

function aTerminal(env: CommandContext['env'], changes: Partial<CommandContext> = {}) {
  const said = { stdout: '', stderr: '' };
  const context: CommandContext = {
    stdout: { write: (words) => void (said.stdout += words) },
    stderr: { isTty: true, write: (words) => void (said.stderr += words) },
    stdin: Readable.from(['one\n', '二\n']),
    env,
    cwd: '/somewhere',
    language: 'zh',
    signal: new AbortController().signal,
    monotonicMs: () => 0,
    ...changes,
  };
  return { said, context };
}

test('the other process runs the line and its words and exit code come back', async () => {
  const { env } = await aStack(async ({ argv, cwd, language, isTty }, { stdout, stderr }) => {
    stdout.write(`${argv.join(' ')} ${cwd} ${language}\n`);
    stderr.write(`tty ${isTty}`);
    stdout.write('林记茶行\n');
    return 1;
  });
  const { said, context } = aTerminal(env);
  expect(await forwardCommand(['why', '林记茶行'], context)).toBe(1);
  expect(said.stdout).toBe('why 林记茶行 /somewhere zh\n林记茶行\n');
  expect(said.stderr).toBe('tty true');
});

test('standard input goes along where the line asks for it, and only there', async () => {
  const { env } = await aStack(async (_line, { stdin, stdout }) => {
    stdout.write(await text(stdin));
    return 0;
  });
  const { said, context } = aTerminal(env);
  expect(await forwardCommand(['import', '-', '--format', 'events'], context)).toBe(0);
  expect(said.stdout).toBe('one\n二\n');
  const other = aTerminal(env);
  expect(await forwardCommand(['status'], other.context)).toBe(0);
  expect(other.said.stdout).toBe('');
});

test('Ctrl-C in the terminal ends the command in the other process', async () => {
  const abort = new AbortController();
  const ended = Promise.withResolvers<void>();
  const { env } = await aStack(async (_line, { signal, stdout }) => {
    signal.addEventListener('abort', () => ended.resolve());
    stdout.write('begun');
    await ended.promise;
    return 1;
  });
  const { context } = aTerminal(env, {
    signal: abort.signal,
    stdout: { write: () => abort.abort() },
  });
  await expect(forwardCommand(['status'], context)).rejects.toThrow();
  await ended.promise;
});

test('a process that ends in the middle is told of, not taken for success', async () => {
  const { env, server } = await aStack(async (_line, { stdout }) => {
    stdout.write('begun');
    void server.close();
    return new Promise(() => {});
  });
  const { context } = aTerminal(env);
  await expect(forwardCommand(['status'], context)).rejects.toThrow();
});

test('nobody without the token runs or ends anything', async () => {
  let runs = 0;
  const stack = await aStack(async () => {
    runs++;
    return 0;
  });
  const { server, stops } = stack;
  for (const authorization of ['', 'Bearer ', `Bearer ${server.token}x`, server.token]) {
    for (const path of ['/v1/commands', '/v1/stop', '/']) {
      const asked = { method: 'POST', headers: { authorization } };
      expect((await fetch(`${server.url}${path}`, asked)).status).toBe(401);
    }
  }
  expect(runs + stops()).toBe(0);
});

test('a line that is none is refused', async () => {
  const { server } = await aStack(async () => 0);
  const authorization = `Bearer ${server.token}`;
  for (const line of ['', 'e30=', Buffer.from('{"argv":"why"}').toString('base64')]) {
    const headers = { authorization, 'x-strata-command': line };
    const answer = await fetch(`${server.url}/v1/commands`, { method: 'POST', headers });
    expect(answer.status).toBe(400);
  }
});

test('its record is its owner’s alone, and down ends it', async () => {
  const { dataDir, env, stops } = await aStack(async () => 0);
  expect(statSync(join(dataDir, 'embedded.json')).mode & 0o777).toBe(0o600);
  expect(await isEmbeddedUp(env)).toBe(true);
  expect(await stopEmbedded(env)).toBe(true);
  expect(stops()).toBe(1);
});

test('without such a stack, or with the record of one that was killed, the command runs here', async () => {
  const { dataDir, env, server } = await aStack(async () => 0);
  await server.close();
  expect(readEmbeddedRecord(dataDir)).not.toBeNull();
  expect(await forwardCommand(['status'], aTerminal(env).context)).toBeNull();
  expect(await isEmbeddedUp(env)).toBe(false);
  expect(await stopEmbedded(env)).toBe(false);
  rmSync(join(dataDir, 'embedded.json'));
  expect(await forwardCommand(['status'], aTerminal(env).context)).toBeNull();
});
