import { type DeadLetter, TOPICS } from '@strata/contracts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { waitUntilPassed } from '../stack/wait-until-passed.ts';
import { endsOf } from '../stack/wait-until-settled.ts';
import { readLetters } from './read-letters.ts';
import type { WayBack } from './way-back.ts';

/** What became of the letters that were sent again. */
export interface RedriveOutcome {
  readonly taken: number;
  /** As they lie there now. */
  readonly refused: readonly DeadLetter[];
  /** Nobody has ended them yet; they lie where they lay. */
  readonly open: readonly string[];
}

/** A record that an alias handed on comes to its end in another partition, a round later. */
const ROUNDS_MAX = 4;

/** Waits until what was sent is read, folded and published; only then is anything known. */
export async function redriveOutcome(
  stack: StackHandle,
  ways: readonly WayBack[],
  signal: AbortSignal,
): Promise<RedriveOutcome> {
  const sent = ways.filter((way) => way.kind === 'sent');
  const topics = new Set(sent.flatMap(({ records }) => records.map(({ topic }) => topic)));
  topics.delete(TOPICS.customerLog);
  const ends = await Promise.all([...topics].map((topic) => endsOf(stack, topic)));
  const intakeEnds = new Map(ends.flatMap((it) => [...it]));
  const before = new Map(sent.map(({ letter }) => [letter.id, letter]));
  for (let round = 1; ; round += 1) {
    await waitUntilPassed(stack, { intakeEnds, signal });
    const outcome = await outcomeOf(stack, before, signal);
    if (outcome.open.length === 0 || round === ROUNDS_MAX) return outcome;
  }
}

async function outcomeOf(
  stack: StackHandle,
  before: ReadonlyMap<string, DeadLetter>,
  signal: AbortSignal,
): Promise<RedriveOutcome> {
  // Of a row that became several events each has a letter of its own.
  const origin = (id: string): string => (before.has(id) ? id : id.replace(/\.\d+$/, ''));
  const found = await readLetters(stack, {
    signal,
    isWanted: ({ letter }) => before.has(origin(letter.id)),
  });
  const isOld = ({ id, redrives }: DeadLetter): boolean => {
    const known = before.get(id);
    return known !== undefined && redrives <= known.redrives;
  };
  const letters = found.map(({ letter }) => letter);
  const left = new Set(letters.map(({ id }) => origin(id)));
  return {
    taken: [...before.keys()].filter((id) => !left.has(id)).length,
    refused: letters.filter((letter) => !isOld(letter)),
    open: letters.filter(isOld).map(({ id }) => id),
  };
}
