import type { QuestionId } from '../questions.ts';

/** One benchmark of `bench all`, with what it takes on two cores at about load 2. */
export interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly questions: readonly QuestionId[];
  /** Null where it is left out. */
  readonly quickMinutes: number | null;
  readonly fullMinutes: number;
}

/** The questions of the table first. */
export const STEPS: readonly Step[] = [
  {
    name: 'scorer',
    args: ['--change-percent', '3'],
    questions: ['scorer-3-cpu', 'scorer-3-rate'],
    quickMinutes: 2.5,
    fullMinutes: 15,
  },
  {
    name: 'scorer',
    args: ['--change-percent', '30'],
    questions: ['scorer-30-cpu'],
    quickMinutes: 3,
    fullMinutes: 20,
  },
  { name: 'latency', args: [], questions: ['latency'], quickMinutes: 4, fullMinutes: 15 },
  { name: 'rebuild', args: [], questions: ['rebuild'], quickMinutes: 2, fullMinutes: 10 },
  { name: 'ingest', args: [], questions: ['ingest'], quickMinutes: 2, fullMinutes: 6 },
  { name: 'memory', args: [], questions: ['redis-bytes'], quickMinutes: 2, fullMinutes: 4 },
  { name: 'demotions', args: [], questions: ['demotions'], quickMinutes: 1.5, fullMinutes: 10 },
  { name: 'customers', args: [], questions: ['customers'], quickMinutes: 2, fullMinutes: 45 },
  { name: 'history', args: [], questions: ['history'], quickMinutes: 3, fullMinutes: 20 },
  { name: 'policies', args: [], questions: [], quickMinutes: 2, fullMinutes: 5 },
  { name: 'scorers', args: [], questions: [], quickMinutes: 3, fullMinutes: 10 },
  { name: 'delivery', args: [], questions: [], quickMinutes: 1, fullMinutes: 4 },
  { name: 'profile-api', args: [], questions: [], quickMinutes: 1, fullMinutes: 4 },
  { name: 'limits', args: [], questions: [], quickMinutes: 1, fullMinutes: 2 },
  {
    name: 'scorer',
    args: ['--customers', '2000000', '--orders', '4', '--rounds', '1'],
    questions: [],
    quickMinutes: null,
    fullMinutes: 40,
  },
];
