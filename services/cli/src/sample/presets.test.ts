import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { eventToIntakeJson, readIntakeEvent } from '@strata/contracts';
import { describe, expect, test } from 'vitest';
import { backtestText, gradeFile } from '../backtest/execute-backtest.ts';
import { placeKey } from '../backtest/tier-rows.ts';
import type { CommandContext } from '../command.ts';
import { fileFormat } from '../formats/map-files.ts';
import { readPolicy } from '../policy-choice.ts';
import { SAMPLE_END, SAMPLE_START } from './sample-calendar.ts';
import { SAMPLES, type Sample } from './samples.ts';

const PAGES = new URL('../../../../docs/presets/', import.meta.url);
const AT = ['2025-01-01', '2025-07-01'];
const UNTIL = '2026-01-01';

function commandLine(name: string): string {
  const at = AT.map((date) => `--at ${date}`).join(' ');
  return `./strata backtest ${name}.ndjson --format events --policy ${name} ${at} --until ${UNTIL}`;
}

function contextFor(lines: string): CommandContext {
  return {
    stdout: { write: () => {} },
    stderr: { isTty: false, write: () => {} },
    stdin: Readable.from([Buffer.from(lines)]),
    env: {},
    cwd: '/',
    language: 'en',
    signal: new AbortController().signal,
    monotonicMs: () => 0,
  };
}

async function grade({ name, arrivals }: Sample) {
  const lines = arrivals().map(({ event }) => JSON.stringify(eventToIntakeJson(event)));
  return gradeFile({
    context: contextFor(lines.join('\n')),
    path: '-',
    format: fileFormat('events', 'en'),
    timeZone: 'UTC',
    policies: [await readPolicy({ policy: name, cwd: '/', language: 'en' })],
    at: AT.map((date) => Date.parse(date)),
    until: Date.parse(UNTIL),
    calibrateAt: [],
    profilesPath: null,
    changesPath: null,
    isJson: false,
  });
}

describe.each(SAMPLES)('the preset $name over its sample', (sample) => {
  test('is what its page shows, in both languages', async () => {
    const outcome = await grade(sample);
    const [report] = outcome.reports;
    // A tier that nobody reaches, or a customer whom nothing grades, would make a poor example.
    const offered = report?.set.policies.flatMap(({ name, ladder }) =>
      ladder.map((tier) => placeKey({ policy: name, tier })),
    );
    const taken = [...(report?.tiers.values() ?? [])].map(placeKey);
    expect(new Set(taken)).toEqual(new Set(offered));
    const line = commandLine(sample.name);
    const shown = [
      `$ ${line}`,
      backtestText(outcome, 'en'),
      `$ LANG=zh_CN.UTF-8 ${line}`,
      backtestText(outcome, 'zh'),
    ];
    const page = new URL(`${sample.name}.backtest.txt`, PAGES);
    await expect(shown.join('\n')).toMatchFileSnapshot(page.pathname);
    expect(readFileSync(new URL(`${sample.name}.md`, PAGES), 'utf8')).toContain(line);
  });

  test('is made of events that the intake takes as they are, within the years it names', () => {
    const arrivals = sample.arrivals();
    // One comparison for all: ten thousand take longer than the backtest.
    const read = arrivals.map(({ event }) => readIntakeEvent(eventToIntakeJson(event)));
    const taken = read.map((result) => (result.kind === 'event' ? result.event : result));
    expect(taken).toEqual(arrivals.map(({ event }) => event));
    const outside = arrivals.filter(
      ({ event: { occurredAt }, arrivesAt }) =>
        occurredAt < SAMPLE_START || occurredAt > arrivesAt || arrivesAt >= SAMPLE_END,
    );
    expect(outside).toEqual([]);
    const customers = new Set(arrivals.map(({ event }) => event.customerId)).size;
    for (const language of ['en', 'zh'] as const) {
      expect(sample.about[language]).toContain(String(customers));
    }
  });
});
