import { setTimeout as delay } from 'node:timers/promises';
import { type Miss, missOfAnswer, missOfState } from './miss.ts';
import { readState, type SeenState } from './read-state.ts';
import type { CustomerEnd, Plan, PlannedPost, Scenario } from './scenario.ts';
import { type AnsweredStatus, type SenderSettings, sendPost } from './send-post.ts';
import { type RunNumbers, TestCustomer } from './test-customer.ts';

export interface ConformanceSettings extends SenderSettings {
  /** Part of each customer's id, so that no run meets customers of another. */
  readonly runId: string;
  /** Offsets of the run begin here. */
  readonly firstOffset: number;
  /** Where to look at a customer, with `{customerId}` inside; null judges by answers alone. */
  readonly stateTemplate: string | null;
  /** How long the consumer may take, after the last post, until its state shows. */
  readonly settleMs: number;
  readonly onPost: () => void;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly misses: readonly Miss[];
}

/** How much the consumer let itself be looked at: not at all, by its tiers, or by its effects, too. */
export type Sight = 'answers' | 'tiers' | 'effects';

export interface ConformanceResult {
  readonly sight: Sight;
  readonly scenarios: readonly ScenarioResult[];
}

export type PlannedScenario = Plan & { readonly scenario: Scenario };

const LOOK_AGAIN_MS = 100;

/** Lays out all posts of a run; nothing is sent yet. */
export function planScenarios(
  scenarios: readonly Scenario[],
  { runId, firstOffset, nowMs }: Pick<ConformanceSettings, 'runId' | 'firstOffset' | 'nowMs'>,
): readonly PlannedScenario[] {
  const numbers: RunNumbers = { runId, nowMs: nowMs(), nextOffset: firstOffset };
  return scenarios.map((scenario) => ({
    scenario,
    ...scenario.plan((mark) => {
      const id = `conformance-${runId}-${scenario.name}${mark === undefined ? '' : `-${mark}`}`;
      return new TestCustomer(id, numbers);
    }),
  }));
}

/**
 * Sends everything first and looks afterwards, so that a consumer which works behind its answer has
 * time, and what it does too late shows. Null where the endpoint gave no answer to the first post.
 */
export async function runConformance(
  planned: readonly PlannedScenario[],
  settings: ConformanceSettings,
): Promise<ConformanceResult | null> {
  const sent: (readonly Miss[])[] = [];
  for (const { turns } of planned) {
    const misses: Miss[] = [];
    for (const turn of turns) {
      const statuses = await Promise.all(turn.map((post) => counted(post, settings)));
      const isUnreachable = statuses.every((status) => status === null);
      if (sent.length === 0 && turn === turns[0] && isUnreachable) return null;
      for (const [index, post] of turn.entries()) {
        const miss = missOfAnswer(post, statuses[index] ?? null);
        if (miss !== null) misses.push(miss);
      }
    }
    sent.push(misses);
  }
  const looked = await lookAtAll(planned, settings);
  const scenarios = planned.map(({ scenario }, index) => ({
    scenario,
    misses: [...(sent[index] ?? []), ...(looked.misses[index] ?? [])],
  }));
  return { sight: looked.sight, scenarios };
}

async function counted(post: PlannedPost, settings: ConformanceSettings): Promise<AnsweredStatus> {
  const status = await sendPost(post, settings);
  settings.onPost();
  return status;
}

async function lookAtAll(
  planned: readonly PlannedScenario[],
  settings: ConformanceSettings,
): Promise<{ readonly sight: Sight; readonly misses: readonly (readonly Miss[])[] }> {
  const { stateTemplate, nowMs, settleMs, signal } = settings;
  if (stateTemplate === null) return { sight: 'answers', misses: [] };
  const deadlineMs = nowMs() + settleMs;
  let sight: Sight = 'tiers';
  async function look(end: CustomerEnd): Promise<Miss | null> {
    for (;;) {
      const seen: SeenState = await readState(stateTemplate ?? '', end.customerId, signal);
      if (seen.kind === 'state' && seen.effects !== null) sight = 'effects';
      const miss = missOfState(end, seen);
      if (miss === null || nowMs() >= deadlineMs) return miss;
      await delay(LOOK_AGAIN_MS, undefined, { signal });
    }
  }
  const misses: Miss[][] = [];
  for (const { ends } of planned) {
    const ofScenario: Miss[] = [];
    for (const end of ends) {
      const miss = await look(end);
      if (miss !== null) ofScenario.push(miss);
    }
    misses.push(ofScenario);
  }
  return { sight, misses };
}
