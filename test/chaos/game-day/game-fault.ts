import type { GameStage } from './game-stage.ts';

/** Every fault has to be noticed so soon, where its rule does not wait longer by intent. */
export const NOTICED_WITHIN_SECONDS = 60;

/** One thing that breaks, what has to be seen of it, and what its runbook says to do. */
export interface GameFault {
  readonly name: string;
  /** What is done, as a sentence. */
  readonly harm: string;
  /** The alarms that have to fire, and within how many seconds. */
  readonly alarms: Readonly<Record<string, number>>;
  /** What may fire beside them, and why. */
  readonly follows?: Readonly<Record<string, string>>;
  /** By rule its alarms remember what was for minutes: they are awaited beside what is done next. */
  readonly remembersSeconds?: number;
  /** The steps of the runbook that are carried out. */
  readonly remedy: string;
  /** Why it cannot be done on this machine; null where it can. */
  readonly hindrance?: (stage: GameStage) => string | null;
  strike(stage: GameStage): Promise<void>;
  mend(stage: GameStage): Promise<void>;
}

/** Objectives add up what every fault of the day burns: they are right to fire, and tell no cause. */
export const OBJECTIVES: Readonly<Record<string, string>> = {
  StrataFreshnessBudgetBurns: 'an objective: the minutes of all faults add up',
  StrataDeliveryBudgetBurns: 'an objective: the minutes of all faults add up',
  StrataLossBudgetBurns: 'an objective: one lost output burns the budget of three days',
};
