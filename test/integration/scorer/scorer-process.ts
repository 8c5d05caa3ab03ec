import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../../services/scorer/src/main.ts', import.meta.url));

export interface PartitionDetails {
  readonly partition: number;
  readonly next: number;
  readonly logEnd: number;
  readonly lagRecords: number;
  readonly earliestDue: string | null;
  readonly outboxDepth: number;
  readonly policySet: string | null;
  readonly decisionHash: string;
}

export interface Health {
  readonly isReady: boolean;
  readonly reasons: readonly string[];
  readonly details: { readonly partitions?: readonly PartitionDetails[] };
}

/** The real service as a process of its own, known by what it serves. */
export class ScorerProcess {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #log: string[];

  private constructor(child: ChildProcess, url: string, log: string[]) {
    this.#child = child;
    this.#url = url;
    this.#log = log;
  }

  /** Resolves with the first line on standard output, which says where health is served. */
  static async start(env: Readonly<Record<string, string>>): Promise<ScorerProcess> {
    const child = spawn(process.execPath, [ENTRY], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    const first = once(createInterface({ input: child.stdout }), 'line');
    const [line] = (await Promise.race([
      first,
      once(child, 'exit').then(() => {
        throw new Error(`The scorer ended at once:\n${log.join('\n')}`);
      }),
    ])) as [string];
    return new ScorerProcess(child, (JSON.parse(line) as { url: string }).url, log);
  }

  get log(): string {
    return this.#log.join('\n');
  }

  async health(): Promise<Health> {
    return (await (await fetch(`${this.#url}/healthz`)).json()) as Health;
  }

  async metrics(): Promise<string> {
    const response = await fetch(`${this.#url}/metrics`);
    return response.text();
  }

  /** Asks again and again; what the scorer logged goes into the fault when it takes too long. */
  async until(what: string, holds: (health: Health) => boolean): Promise<Health> {
    const deadlineMs = performance.now() + 90_000;
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`The scorer ended:\n${this.log}`);
      const health = await this.health();
      if (holds(health)) return health;
      if (performance.now() > deadlineMs) {
        throw new Error(`Waited in vain: ${what}\n${JSON.stringify(health)}\n${this.log}`);
      }
      await delay(2);
    }
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** In order; answers the exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
    return this.#child.exitCode;
  }
}
