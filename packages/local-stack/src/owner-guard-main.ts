import { createInterface } from 'node:readline';
import { stopProcess } from './stop-process.ts';

/** The program of the owner guard: one watched process a line, `release` to leave, end of input to act. */
interface Watched {
  readonly pid: number;
  readonly startedAt: string;
  readonly graceMs: number;
}

const watched: Watched[] = [];
let isReleased = false;

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'release') isReleased = true;
  else watched.push(JSON.parse(line) as Watched);
}
if (!isReleased) {
  await Promise.all(watched.toReversed().map((each) => stopProcess(each, each.graceMs)));
}
