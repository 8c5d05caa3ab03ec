import type { Random } from './random.ts';
import type { Tally } from './tally.ts';

/** What may go wrong at a call or at a crash point: asked each time it could. */
export const CALL_FAULTS = [
  'request lost',
  'reply lost',
  'request late',
  'request repeated',
  'append partial',
  'kill at point',
  'pause at point',
  'batch early',
  'batch twice',
  'rejoin at once',
  'post refused',
  'post answered 500',
  'reply to post lost',
  'publish twice',
] as const;

/** What happens to the world from time to time. */
export const WORLD_FAULTS = [
  'kill',
  'pause',
  'restart',
  'rewind partition',
  'rewind store',
  'tear commit',
  'flush store',
  'rewind queue',
  'flush queue',
  'clock forward',
  'clock back',
  'slow store',
] as const;

export type CallFault = (typeof CALL_FAULTS)[number];
export type WorldFault = (typeof WORLD_FAULTS)[number];

/** So many seeds have no fault at all: they show what the world does by itself. */
const QUIET_SHARE = 0.03;
const ACTIVE_SHARE = 0.5;
const RATES = [0.002, 0.01, 0.04];

/** Which faults a seed has, and how often. Each seed has others, so that no fault hides another for good. */
export class Chaos {
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #rates = new Map<CallFault, number>();
  readonly #ofWorld: WorldFault[];
  /** Nothing goes wrong any more. */
  isOver = false;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
    const isQuiet = random.chance(QUIET_SHARE);
    const isActive = (): boolean => random.chance(ACTIVE_SHARE) && !isQuiet;
    for (const fault of CALL_FAULTS) if (isActive()) this.#rates.set(fault, random.pick(RATES));
    this.#ofWorld = WORLD_FAULTS.filter(isActive);
  }

  /** `what` is counted beside the fault. */
  strikes(fault: CallFault, what?: string): boolean {
    if (this.isOver) return false;
    const rate = this.#rates.get(fault);
    if (rate === undefined || !this.#random.chance(rate)) return false;
    this.#tally.add(what === undefined ? fault : `${fault}: ${what}`);
    return true;
  }

  /** The next thing that happens to the world; null for none. Whoever carries it out counts it. */
  ofWorld(): WorldFault | null {
    if (this.isOver || this.#ofWorld.length === 0) return null;
    return this.#random.pick(this.#ofWorld);
  }
}
