import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, prerequisites, stackStatus } from '@strata/local-stack';
import { describe, expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('../../services/cli/src/main.ts', import.meta.url));
/** From the command to its first line. The promise is two seconds; a machine that runs tests beside it is slower. */
const FIRST_LINE_MS_MAX = 10_000;

interface Run {
  readonly process: ChildProcess;
  readonly dataDir: string;
  readonly said: () => string;
  readonly until: (words: string) => Promise<void>;
  readonly exitCode: Promise<number | null>;
}

function startDemo(argv: readonly string[], env: Record<string, string> = {}): Run {
  const folder = mkdtempSync(join(tmpdir(), 'strata-demo-'));
  const dataDir = join(folder, 'demo');
  const child = spawn(process.execPath, [main, 'demo', ...argv], {
    env: { ...process.env, LC_ALL: '', LANG: 'en_US.UTF-8', STRATA_DEMO_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      for (const listener of listeners) listener();
    });
  }
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exitCode;
    rmSync(folder, { recursive: true, force: true });
  });
  const until = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (said.includes(words)) resolve();
      };
      listeners.add(look);
      look();
      void exitCode.then(() => reject(new Error(`Ended without saying '${words}':\n${said}`)));
    });
  return { process: child, dataDir, said: () => said, until, exitCode };
}

describe('on the embedded stack', () => {
  test('tells the story in English, checks its claims and ends 0', async () => {
    const startedMs = performance.now();
    const demo = startDemo(['--stack', 'embedded']);
    await demo.until('Strata demo');
    expect(performance.now() - startedMs).toBeLessThan(FIRST_LINE_MS_MAX);
    await demo.until('Watch tiers move: http://127.0.0.1:');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(demo.said())?.[0];
    expect((await fetch(url ?? '')).status).toBe(200);
    expect(await demo.exitCode).toBe(0);
    const said = demo.said();
    expect(said).toContain('Stack: embedded.');
    expect(said).toContain('2024-10-02  林记茶行 buys every three weeks: up to Gold');
    expect(said).toContain('2025-09-04  林记茶行 is Silver now. No event said so: time did');
    expect(said).toContain('林记茶行 is Bronze (bronze), since 2025-12-18');
    expect(said).toMatch(/✓ [\d,]+ demotions that no event caused/);
    expect(said).toMatch(/✓ ([\d,]+) changes published, \1 webhooks received and verified, 0 ref/);
    expect(said).toContain('✓ 15 broken records sent, 15 dead letters, each with its reason');
    expect(said).toContain('hobbies is data that may not enter');
    expect(said).toContain('Nothing was left running.');
    expect(said).not.toContain('✗');
    expect(said).not.toContain('\u001b');
  });

  test('tells it in Chinese where the locale says so, with another seed', async () => {
    const demo = startDemo(['--stack', 'embedded', '--seed', '7'], { LANG: 'zh_CN.UTF-8' });
    expect(await demo.exitCode).toBe(0);
    const said = demo.said();
    expect(said).toContain('Strata 演示：一家店铺的十八个月');
    expect(said).toContain('2024-10-02  林记茶行每三周下一单，升级为金牌');
    expect(said).toContain('2025-09-04  林记茶行下调为银牌：没有任何事件，只是时间到了');
    expect(said).toContain('林记茶行 的客户等级是 铜牌客户 (bronze)');
    expect(said).toMatch(/✓ 发布变更 ([\d,]+) 个，收到并验签 Webhook \1 个，拒收 0 个/);
    expect(said).toContain('记录没有客户编号');
    expect(said).not.toContain('✗');
  });

  test('is chosen where no real stack can be had, and says what one needs', async () => {
    const demo = startDemo([], { PATH: '/nowhere', JAVA_HOME: '/nowhere' });
    await demo.until('Watch tiers move');
    expect(demo.said()).toContain('Stack: embedded.');
    expect(demo.said()).toContain('Java 17 or later is missing');
    expect(demo.said()).toContain('Maven is missing');
  });

  test('ends when it is interrupted, and says so', async () => {
    const demo = startDemo(['--stack', 'embedded']);
    await demo.until('2024-08');
    demo.process.kill('SIGINT');
    expect(await demo.exitCode).toBe(1);
    expect(demo.said()).toContain('Interrupted; nothing half-done was left.');
  });

  test('stays up on request, until it is interrupted', async () => {
    const demo = startDemo(['--stack', 'embedded', '--keep']);
    await demo.until('The stack stays up until Ctrl-C: http');
    demo.process.kill('SIGINT');
    expect(await demo.exitCode).toBe(0);
  });

  test('a seed that is none is wrong use', async () => {
    const demo = startDemo(['--seed', 'x']);
    expect(await demo.exitCode).toBe(2);
    expect(demo.said()).toContain("'x' is no seed");
  });
});

const canBeHad = Object.values(prerequisites()).every(({ state }) => state === 'ok');

describe.runIf(canBeHad)('on real processes', () => {
  test('shows the same, and leaves no process behind', async () => {
    const demo = startDemo(['--stack', 'local']);
    await demo.until('Watch tiers move');
    const { rows, file } = stackStatus(demo.dataDir);
    expect(rows.map(({ name, isUp }) => `${name} ${isUp}`).toSorted()).toEqual(
      [
        'console',
        'ingestor',
        'kafka',
        'notifier',
        'redis-queue',
        'redis-state',
        'registry',
        'scorer',
      ].map((name) => `${name} true`),
    );
    expect(await demo.exitCode).toBe(0);
    expect(demo.said()).toContain('2025-09-04  林记茶行 is Silver now. No event said so: time did');
    expect(demo.said()).not.toContain('✗');
    expect((file?.processes ?? []).filter((each) => isAlive(each))).toEqual([]);
  });

  test('leaves no process behind when it is interrupted', async () => {
    const demo = startDemo(['--stack', 'local']);
    await demo.until('2024-08');
    const { rows, file } = stackStatus(demo.dataDir);
    expect(rows).toHaveLength(8);
    demo.process.kill('SIGINT');
    expect(await demo.exitCode).toBe(1);
    expect((file?.processes ?? []).filter((each) => isAlive(each))).toEqual([]);
  });
});
