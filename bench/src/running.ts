import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpuUsOf } from './process-cpu.ts';

/** A process as it is started. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A process under test, looked at from outside alone. */
export class Running {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    this.#exited = once(child, 'exit');
  }

  static start({ name, command, args, env }: Program): Running {
    return new Running(name, spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] }));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Null where the system does not tell. */
  cpuUs(): number | null {
    return cpuUsOf(this.#child.pid ?? 0);
  }

  /** Memory that it holds, in bytes; null where the system does not tell. */
  residentBytes(): number | null {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
      return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
    } catch {
      return null;
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (!this.hasEnded) this.#child.kill(signal);
    await this.#exited;
  }
}
