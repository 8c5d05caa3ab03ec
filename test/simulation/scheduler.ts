import type { Random } from './random.ts';

interface Plan {
  readonly atMs: number;
  /** Decides between plans of one instant. */
  readonly tie: number;
  readonly label: string;
  run: (() => void) | null;
}

/** Where the simulated time begins, in epoch milliseconds. */
export const BEGINNING_MS = 1_800_000_000_000;

/** 32-bit FNV-1a. */
const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The only thing that makes anything happen. Everything is a plan with an instant; a step takes the earliest, among
 * equals a random one, moves the clock there and runs it, and lets all promises that follow from it settle.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #heap: Plan[] = [];
  readonly #onStep: ((line: string) => void) | undefined;
  nowMs = BEGINNING_MS;
  steps = 0;
  #hash = FNV_BASIS;

  constructor(random: Random, onStep?: (line: string) => void) {
    this.#random = random;
    this.#onStep = onStep;
  }

  /** Of everything that has happened so far, in order. */
  get traceHash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  /** Answers how to call it off. */
  plan(afterMs: number, label: string, run: () => void): () => void {
    const atMs = this.nowMs + Math.max(0, Math.ceil(afterMs));
    const plan: Plan = { atMs, tie: this.#random.bits(), label, run };
    push(this.#heap, plan);
    return () => {
      plan.run = null;
    };
  }

  /** False when nothing is planned any more. */
  async step(): Promise<boolean> {
    let plan = pop(this.#heap);
    while (plan !== undefined && plan.run === null) plan = pop(this.#heap);
    const run = plan?.run ?? null;
    if (plan === undefined || run === null) return false;
    this.nowMs = Math.max(this.nowMs, plan.atMs);
    this.steps += 1;
    this.note(plan.label);
    plan.run = null;
    run();
    // A tick runs once no promise is left to settle, and costs no turn of the event loop.
    await new Promise((resolve) => {
      process.nextTick(resolve);
    });
    return true;
  }

  /** Takes something into the trace. */
  note(label: string): void {
    let hash = Math.imul(this.#hash ^ (this.nowMs - BEGINNING_MS), FNV_PRIME);
    for (let at = 0; at < label.length; at += 1) {
      hash = Math.imul(hash ^ label.charCodeAt(at), FNV_PRIME);
    }
    this.#hash = hash;
    this.#onStep?.(`${this.steps} ${this.nowMs - BEGINNING_MS} ms ${label}`);
  }
}

function isBefore(one: Plan, other: Plan): boolean {
  return one.atMs === other.atMs ? one.tie < other.tie : one.atMs < other.atMs;
}

function push(heap: Plan[], plan: Plan): void {
  let at = heap.length;
  heap.push(plan);
  while (at > 0) {
    const above = (at - 1) >>> 1;
    const parent = heap[above] as Plan;
    if (!isBefore(plan, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = plan;
}

function pop(heap: Plan[]): Plan | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  while (true) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Plan, heap[child] as Plan))
      child += 1;
    if (!isBefore(heap[child] as Plan, last)) break;
    heap[at] = heap[child] as Plan;
    at = child;
  }
  heap[at] = last;
  return first;
}
