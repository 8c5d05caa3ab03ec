import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Cast } from '../run/cast.ts';
import { until } from '../stack/until.ts';
import type { Kill, Order } from './killer.ts';

const TELL_MS = 100;
const KILLER = fileURLToPath(new URL('killer.ts', import.meta.url));

/** The killer as its parent sees it: who may be killed is told as it changes. */
export class KillSquad {
  readonly kills: Kill[] = [];
  readonly #child: ChildProcess;
  readonly #cast: Cast;
  readonly #timer: NodeJS.Timeout;
  #killsMax = 0;

  constructor(cast: Cast, seed: number) {
    this.#cast = cast;
    this.#child = spawn(process.execPath, [KILLER, String(seed)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (kill: Kill) => this.kills.push(kill));
    this.#timer = setInterval(() => this.#tell(), TELL_MS);
  }

  /** So many more may be killed while the work lasts; what is left of them then is taken back. */
  async during<T>(more: number, work: () => Promise<T>): Promise<T> {
    this.#killsMax = this.kills.length + more;
    this.#tell();
    try {
      return await work();
    } finally {
      this.#killsMax = this.kills.length;
      this.#tell();
    }
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  /** Whoever was killed has been followed by another. */
  async untilAllRun(scorers: number): Promise<void> {
    await until('all scorers run again', () => this.#cast.of('scorer').length === scorers);
  }

  #tell(): void {
    if (!this.#child.connected) return;
    const running = this.#cast.of('scorer').map(({ pid, url }) => ({ pid, url }));
    const order: Order = { running, killsMax: this.#killsMax };
    this.#child.send(order);
  }
}
