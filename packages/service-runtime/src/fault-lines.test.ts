import { expect, test } from 'vitest';
import { withFaultLines } from './fault-lines.ts';
import { createLogger } from './logger.ts';

type Line = Readonly<Record<string, unknown>>;

/** A logger over a clock that is moved by hand. */
function aLogger() {
  const lines: Line[] = [];
  let nowMs = 0;
  let alarms: { readonly atMs: number; readonly ring: () => void }[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
  const logger = withFaultLines(createLogger({ service: 'test', level: 'info', destination }), {
    everyMs: 60_000,
    alarm: (afterMs, ring) => {
      alarms.push({ atMs: nowMs + afterMs, ring });
      return () => {};
    },
  });
  function move(ms: number): void {
    nowMs += ms;
    const due = alarms.filter(({ atMs }) => atMs <= nowMs);
    alarms = alarms.filter(({ atMs }) => atMs > nowMs);
    for (const { ring } of due) ring();
  }
  return { logger, lines, move };
}

test('a fault that comes a thousand times is one line at once, and then a count an interval', () => {
  const { logger, lines, move } = aLogger();
  for (let n = 1; n <= 1_000; n += 1) logger.warn({ code: 'STRATA_X', attempt: n }, 'No broker');
  expect(lines).toMatchObject([{ level: 'warn', msg: 'No broker', attempt: 1 }]);
  move(59_000);
  expect(lines).toHaveLength(1);
  move(1_000);
  expect(lines.slice(1)).toMatchObject([{ msg: 'No broker', attempt: 1_000, repeats: 999 }]);
  logger.warn({ code: 'STRATA_X', attempt: 1_001 }, 'No broker');
  expect(lines).toHaveLength(2);
  move(60_000);
  expect(lines.slice(2)).toMatchObject([{ attempt: 1_001, repeats: 1 }]);
});

test('what has been quiet for an interval is told at once when it comes again', () => {
  const { logger, lines, move } = aLogger();
  logger.error({}, 'A disk is full');
  move(60_000);
  move(60_000);
  expect(lines).toHaveLength(1);
  logger.error({}, 'A disk is full');
  expect(lines).toHaveLength(2);
});

test('one fault hides no other: not of another sentence, level, code or endpoint', () => {
  const { logger, lines } = aLogger();
  logger.warn({ code: 'STRATA_X' }, 'No broker');
  logger.warn({ code: 'STRATA_Y' }, 'No broker');
  logger.error({ code: 'STRATA_X' }, 'No broker');
  logger.warn({ endpoint: 'crm' }, 'A webhook was not accepted');
  logger.warn({ endpoint: 'shop' }, 'A webhook was not accepted');
  expect(lines).toHaveLength(5);
});

test('more faults than anybody can read are told by their sentences, and no memory grows', () => {
  const { logger, lines, move } = aLogger();
  for (let n = 0; n < 5_000; n += 1) logger.warn({ code: `STRATA_${n}` }, 'No broker');
  expect(lines.length).toBeLessThan(210);
  move(60_000);
  expect(lines.at(-1)).toMatchObject({ repeats: expect.any(Number) });
});

test('what is no fault passes as it is', () => {
  const { logger, lines } = aLogger();
  for (let n = 0; n < 3; n += 1) logger.info({}, 'It goes on');
  expect(lines).toHaveLength(3);
});
