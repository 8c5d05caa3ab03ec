import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GAME_FAULTS } from './game-faults.ts';
import type { Machine } from './machine.ts';
import type { Played } from './play.ts';
import type { Quiet } from './quiet.ts';
import type { GameDayReport } from './report.ts';

const PAGE = fileURLToPath(new URL('../../../docs/operations/game-day.md', import.meta.url));

/** Puts the rows of what was played in the place of those that the page had; the others stay, with their own days. */
export async function keepFaults({ machine, faults }: GameDayReport): Promise<void> {
  const rows = new Map((await rowsKept()).map((row) => [nameIn(row), row]));
  for (const played of faults) rows.set(played.name, rowOf(played, machine));
  const ordered = GAME_FAULTS.flatMap(({ name }) => rows.get(name) ?? []);
  await keep('faults', [
    '| fault | alarm, after | others | runbook | gone after | seen |',
    '|---|---|---|---|---|---|',
    ...ordered,
  ]);
}

async function rowsKept(): Promise<readonly string[]> {
  const text = await readFile(PAGE, 'utf8');
  return text.split('\n').filter((line) => GAME_FAULTS.some(({ name }) => nameIn(line) === name));
}

function nameIn(row: string): string {
  return /^\| `([a-z-]+)`/.exec(row)?.[1] ?? '';
}

export function keepQuiet(quiet: Quiet): Promise<void> {
  const { minutes, events, deliveries, fired } = quiet;
  const alarms = fired.length === 0 ? 'No alarm fired.' : `Fired: ${fired.join('; ')}.`;
  return keep('quiet', [
    seenOn(`npm run game-day -- --quiet-minutes ${minutes}`, quiet.machine),
    '',
    `${minutes} minutes, ${events} events, ${deliveries} deliveries to one endpoint of two. ${alarms}`,
  ]);
}

async function keep(part: string, lines: readonly string[]): Promise<void> {
  const text = await readFile(PAGE, 'utf8');
  const [from, to] = [`<!-- ${part} -->\n`, `<!-- end of ${part} -->`];
  const start = text.indexOf(from);
  const end = text.indexOf(to);
  if (start === -1 || end === -1) throw new Error(`${PAGE} has no place for ${part}`);
  const kept = `${text.slice(0, start + from.length)}${lines.join('\n')}\n${text.slice(end)}`;
  await writeFile(PAGE, kept);
}

function seenOn(command: string, { at, cpus, memoryGb, load }: Machine): string {
  const day = at.slice(0, 10);
  return `\`${command}\`, ${day}, ${cpus} cores, ${memoryGb} GB, load of ${load} at the end:`;
}

function rowOf(played: Played, machine: Machine): string {
  const { harm, remedy, others, remembersSeconds, resolvedSeconds, isPassed } = played;
  const alarms = played.alarms.map(({ name, seconds }) =>
    seconds === null ? `\`${name}\` **never**` : `\`${name}\` ${seconds} s`,
  );
  const beside = others.map(({ name, seconds, reason }) =>
    reason === null ? `**\`${name}\` ${seconds} s**` : `\`${name}\` ${seconds} s (${reason})`,
  );
  const memory = remembersSeconds === null ? '' : `, by its rule after ${remembersSeconds} s`;
  const gone =
    resolvedSeconds === null
      ? memory === ''
        ? '**never**'
        : 'not awaited'
      : `${resolvedSeconds} s`;
  const name = `\`${played.name}\`${isPassed ? '' : ' **failed**'}`;
  const cells = [
    `${name}: ${harm}`,
    alarms.join('<br>'),
    beside.join('<br>') || 'none',
    remedy,
    `${gone}${memory}`,
    `${machine.at.slice(0, 10)}, load ${machine.load}`,
  ];
  return `| ${cells.join(' | ')} |`;
}
