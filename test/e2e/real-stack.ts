import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { runCli } from '@strata/cli';
import { readStackFile, type StackFile } from '@strata/local-stack';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Tests would wait for a look at the topic of policies. */
const SHORT_WAITS = { STRATA_SCORER_POLICY_POLL_MS: '200' };

/** A stack of real parts in a folder of its own, used only through the commands that a user has. */
export class RealStack {
  readonly folder: string;
  readonly dataDir: string;

  readonly #env: Readonly<Record<string, string>>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.dataDir = join(folder, 'stack');
    this.#env = env;
  }

  /** `env`: as a user has it set for every command. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<RealStack> {
    return new RealStack(await mkdtemp(join(tmpdir(), 'strata-e2e-')), env);
  }

  async run(...argv: readonly string[]): Promise<CommandResult> {
    let stdout = '';
    let stderr = '';
    const exitCode = await runCli(argv, {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { isTty: false, write: (text) => void (stderr += text) },
      stdin: Readable.from([]),
      env: { ...SHORT_WAITS, ...process.env, ...this.#env, STRATA_STACK_DIR: this.dataDir },
      cwd: this.folder,
      language: 'en',
      signal: new AbortController().signal,
      monotonicMs: () => performance.now(),
    });
    return { exitCode, stdout, stderr };
  }

  /** Runs a command that has to end well; what it said is the failure otherwise. */
  async must(...argv: readonly string[]): Promise<CommandResult> {
    const result = await this.run(...argv);
    if (result.exitCode !== 0) throw new Error(`strata ${argv.join(' ')}: ${result.stderr}`);
    return result;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  file(): StackFile {
    const file = readStackFile(this.dataDir);
    if (file === null) throw new Error('the stack has no stack file');
    return file;
  }

  pidOf(name: string): number {
    const found = this.file().processes.find((it) => it.name === name);
    if (found === undefined) throw new Error(`the stack has no ${name}`);
    return found.pid;
  }

  async close(): Promise<void> {
    await this.run('down');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits for a condition outside this process. */
export async function waitFor(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await delay(100);
  }
}
