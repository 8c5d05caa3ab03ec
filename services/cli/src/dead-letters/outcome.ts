import { type DeadLetter, TOPICS } from '@strata/contracts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { endsOf, waitUntilSettled } from '../stack/wait-until-settled.ts';
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
  await waitUntilSettled(stack, { intakeEnds, upToMs: null, signal });

  const before = new Map(sent.map(({ letter }) => [letter.id, letter]));
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
    taken: sent.filter(({ letter }) => !left.has(letter.id)).length,
    refused: letters.filter((letter) => !isOld(letter)),
    open: letters.filter(isOld).map(({ id }) => id),
  };
}
