/**
 * The program behind `npm run game-day`: breaks one thing after the other on a real local stack under a light load, and
 * holds against a real Prometheus that the right alarm fires in time, that nothing else does, and that the steps of its
 * runbook end it. It ends what it started, also when it is interrupted.
 */
import { parseArgs } from 'node:util';
import type { Language } from '@strata/contracts';
import { GAME_FAULTS } from '../game-day/game-faults.ts';
import { GameStage } from '../game-day/game-stage.ts';
import { keepFaults, keepQuiet } from '../game-day/page.ts';
import { forgetAll, type Played, play, type Remembered } from '../game-day/play.ts';
import { beQuiet } from '../game-day/quiet.ts';
import { gameDayReport } from '../game-day/report.ts';
import { gameDayTexts } from '../game-day/texts.ts';

const language: Language = /^zh/i.test(
  process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || '',
)
  ? 'zh'
  : 'en';
const texts = gameDayTexts(language);
/** As a shell has it. */
const INTERRUPTED = 130;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    'quiet-minutes': { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function refuse(line: string): never {
  say(line);
  process.exit(2);
}

async function onStage<T>(work: (stage: GameStage) => Promise<T>): Promise<T> {
  say(texts.starting);
  const stage = await GameStage.open();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stage.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close().finally(() => process.exit(INTERRUPTED)));
  }
  try {
    return await work(stage);
  } finally {
    await close();
  }
}

async function playAll(): Promise<boolean> {
  const unknown = values.only.find((name) => !GAME_FAULTS.some((fault) => fault.name === name));
  const names = GAME_FAULTS.map(({ name }) => name).join(', ');
  if (unknown !== undefined) refuse(texts.unknownFault(unknown, names));
  const faults = GAME_FAULTS.filter(
    ({ name }) => values.only.length === 0 || values.only.includes(name),
  );
  const results = await onStage(async (stage) => {
    const played: Played[] = [];
    const remembered: Remembered = new Map();
    for (const fault of faults) {
      const hindrance = fault.hindrance?.(stage) ?? null;
      if (hindrance !== null) {
        say(texts.hindered(fault.name, hindrance));
        continue;
      }
      say(texts.striking(fault.name, fault.harm));
      const result = await play(stage, fault, remembered);
      played.push(result);
      // Whatever becomes of the rest, this was seen.
      await keepFaults(gameDayReport([result]));
      say(texts.played(result));
    }
    if (remembered.size > 0) say(texts.forgetting([...remembered.keys()].join(', ')));
    await forgetAll(stage, remembered);
    return played;
  });
  const report = gameDayReport(results);
  process.stdout.write(
    values.json ? `${JSON.stringify(report, null, 2)}\n` : `${texts.table(results)}\n`,
  );
  await keepFaults(report);
  return report.isPassed;
}

async function stayQuiet(text: string): Promise<boolean> {
  if (!/^[1-9]\d{0,3}$/.test(text)) refuse(texts.badMinutes(text));
  const minutes = Number(text);
  const quiet = await onStage((stage) =>
    beQuiet(stage, minutes, (at) => say(texts.quietFor(at, minutes))),
  );
  process.stdout.write(
    values.json ? `${JSON.stringify(quiet, null, 2)}\n` : `${texts.quiet(quiet)}\n`,
  );
  await keepQuiet(quiet);
  return quiet.fired.length === 0;
}

if (values.help) process.stdout.write(texts.help(GAME_FAULTS.map(({ name }) => name)));
else {
  const minutes = values['quiet-minutes'];
  const isPassed = minutes === undefined ? await playAll() : await stayQuiet(minutes);
  process.exitCode = isPassed ? 0 : 1;
}
