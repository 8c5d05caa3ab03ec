import type { PolicyBook, PublishedShadow } from '@strata/contracts';
import {
  type Candidate,
  hasAcceptedEvent,
  MOVE_KINDS,
  MoveTally,
  moveOf,
  type Trial,
  trialOf,
} from '@strata/domain';
import type { Logger } from '@strata/pipeline';
import { encodeShadowNote, readCustomers, SHADOW_NOTE } from '@strata/shard-state';
import type { Bell } from './bell.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { Shard } from './shard.ts';

type ShadowPorts = Pick<ScorerPorts, 'store' | 'notes' | 'clock' | 'metrics'>;
type Row = readonly [customerId: string, bytes: Uint8Array];

/** So many customers are looked at without a pause. */
const CUSTOMERS_AT_ONCE = 50;
/** Then everything else has so many times as long. */
const REST_TIMES = 4;
const REST_MS_MAX = 1_000;
const FAILED_MS = 5_000;

/**
 * Tries the shadow of a policy: walks round the customers of the owned partitions, slowly, and works out for each where it
 * would stand if the set were activated now, over the same state and by the code that would activate it. Nothing of it
 * is decided, written into the log, or told outside: each round leaves a note and a metric.
 */
export class ShadowRounds {
  readonly #ports: ShadowPorts;
  readonly #pollMs: number;
  readonly #parts: ShadowRoundsParts;
  /** Of the last whole round of each owned partition. */
  readonly #moves = new Map<Shard, Readonly<Record<string, number>>>();
  #isStopping = false;
  #run: Promise<void> = Promise.resolve();

  constructor(ports: ShadowPorts, pollMs: number, parts: ShadowRoundsParts) {
    this.#ports = ports;
    this.#pollMs = pollMs;
    this.#parts = parts;
  }

  start(): void {
    this.#run = this.#loop();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#parts.bell.ring();
    await this.#run;
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      const { shadow } = this.#parts.book();
      if (shadow === null) this.#moves.clear();
      let waitMs = this.#pollMs;
      for (const shard of shadow === null ? [] : this.#parts.shards()) {
        if (!(await this.#round(shard, shadow))) waitMs = FAILED_MS;
      }
      this.#tell();
      if (!this.#isStopping) await this.#parts.bell.wait(waitMs);
    }
  }

  /** False where it could not be done. */
  async #round(shard: Shard, shadow: PublishedShadow | null): Promise<boolean> {
    if (shadow === null || shard.activeSet === null || !shard.hasCaughtUp) return true;
    try {
      await this.#walk(shard, shadow);
      return true;
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      const { partition } = shard;
      this.#parts.logger.warn({ partition, error: sentence }, 'A shadow policy could not be tried');
      return false;
    }
  }

  async #walk(shard: Shard, shadow: PublishedShadow): Promise<void> {
    const { partition, state } = shard;
    const { set, announceFrom, number } = shadow;
    const calibration = this.#parts.book().calibrationOf(set.id);
    const candidate: Candidate = { set, announceFrom, calibration };
    // An activation would move the clock of a silent partition to now.
    const nowMs = this.#ports.clock.nowMs();
    const at = state.time === 'wall' ? Math.max(state.clock, nowMs) : state.clock;
    const trial = trialOf(state, candidate, at);
    const tally = new MoveTally(set);
    for await (const rows of this.#ports.store.scan(partition)) {
      for (let from = 0; from < rows.length; from += CUSTOMERS_AT_ONCE) {
        if (this.#isStopping || shard.isLost) return;
        await this.#try(rows.slice(from, from + CUSTOMERS_AT_ONCE), { partition, trial, tally });
      }
    }
    if (this.#parts.book().shadow?.number !== number) return;
    const summary = tally.summary();
    const note = encodeShadowNote({ number, at: trial.at, summary });
    await this.#ports.notes.writeNote(partition, SHADOW_NOTE, note);
    this.#moves.set(shard, summary.byKind);
  }

  async #try(
    rows: readonly Row[],
    { partition, trial, tally }: { partition: number; trial: Trial; tally: MoveTally },
  ): Promise<void> {
    const { store, clock } = this.#ports;
    const customers = await readCustomers(store, partition, rows);
    const startedMs = clock.nowMs();
    for (const [customerId, state] of customers) {
      if (hasAcceptedEvent(state)) tally.add(moveOf(trial, customerId, state));
    }
    const tookMs = Math.max(0, clock.nowMs() - startedMs);
    if (tookMs > 0) await this.#parts.bell.wait(Math.min(REST_MS_MAX, tookMs * REST_TIMES));
  }

  #tell(): void {
    const owned = new Set(this.#parts.shards());
    for (const shard of this.#moves.keys()) if (!owned.has(shard)) this.#moves.delete(shard);
    const { shadowCustomers } = this.#ports.metrics;
    shadowCustomers.reset();
    if (this.#moves.size === 0) return;
    for (const change of MOVE_KINDS) {
      const customers = [...this.#moves.values()].reduce((sum, it) => sum + (it[change] ?? 0), 0);
      shadowCustomers.set({ change }, customers);
    }
  }
}

export interface ShadowRoundsParts {
  readonly shards: () => readonly Shard[];
  readonly book: () => PolicyBook;
  /** Rung when there is something to look at anew. */
  readonly bell: Bell;
  readonly logger: Logger;
}
