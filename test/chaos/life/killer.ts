/**
 * A process of its own that kills scorers with SIGKILL at random moments: half of the time whenever it likes, and half of
 * the time when it has seen that somebody is in the middle of a sweep. It hears from its parent who runs and how many
 * it may kill, and tells whom it killed, when, and what that one owned.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '@strata/cli';

export interface Victim {
  readonly pid: number;
  readonly url: string;
}

/** From the parent. */
export interface Order {
  readonly running: readonly Victim[];
  /** How many may be killed in all, those of former orders included. */
  readonly killsMax: number;
}

/** To the parent. */
export interface Kill {
  readonly pid: number;
  readonly atMs: number;
  readonly partitions: readonly number[];
}

interface Owned {
  readonly partition: number;
  readonly swept: { readonly isDone: boolean };
}

const PAUSE_MS = { least: 300, most: 3_000 };
const WAIT_MS_MAX = 5_000;
const POLL_MS = 20;
const ANSWER_MS = 1_000;

const random = new SeededRandom(Number(process.argv[2] ?? '1'));
const dead = new Set<number>();
let order: Order = { running: [], killsMax: 0 };
let kills = 0;

process.on('message', (message: Order) => {
  order = message;
});
process.on('disconnect', () => process.exit(0));

const mayKill = (): boolean => kills < order.killsMax;
const living = (): readonly Victim[] => order.running.filter(({ pid }) => !dead.has(pid));

/** Null where it does not answer. */
async function ownedBy({ url }: Victim): Promise<readonly Owned[] | null> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const { details } = (await answer.json()) as { details: { partitions?: readonly Owned[] } };
    return details.partitions ?? null;
  } catch {
    return null;
  }
}

/** Somebody who sweeps right now; after some time in vain, nobody. */
async function aSweeper(): Promise<Victim | null> {
  const deadlineMs = performance.now() + random.between(0, WAIT_MS_MAX);
  while (performance.now() < deadlineMs && mayKill()) {
    for (const victim of living()) {
      const owned = await ownedBy(victim);
      if (owned?.some(({ swept }) => !swept.isDone)) return victim;
    }
    await delay(POLL_MS);
  }
  return null;
}

async function killOne(): Promise<void> {
  const chosen = random.chance(0.5) ? await aSweeper() : null;
  const candidates = living();
  // Somebody stays: a stack in which nobody is left only waits for its supervisor.
  if (candidates.length < 2 || !mayKill()) return;
  const victim = chosen ?? random.pick(candidates);
  const owned = await ownedBy(victim);
  // One that owns nothing yet has nothing to lose.
  if (owned === null || owned.length === 0) return;
  process.kill(victim.pid, 'SIGKILL');
  const partitions = owned.map(({ partition }) => partition);
  const kill: Kill = { pid: victim.pid, atMs: Date.now(), partitions };
  dead.add(victim.pid);
  kills += 1;
  process.send?.(kill);
}

for (;;) {
  if (mayKill()) await killOne();
  await delay(random.between(PAUSE_MS.least, PAUSE_MS.most));
}
