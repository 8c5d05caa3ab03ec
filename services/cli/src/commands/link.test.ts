import { identity, logRecordFromWire, TOPICS } from '@strata/contracts';
import { keyedPseudonyms } from '@strata/service-runtime';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anEmbeddedStack, runCommand } from '../builders/command-context.ts';
import { type CliFault, UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import type { EmbeddedOptions, EmbeddedStack } from '../embedded.ts';
import type { Language } from '../language.ts';
import { eraseCommand } from './erase.ts';
import { importCommand } from './import.ts';
import { linkCommand } from './link.ts';
import { mergeCommand } from './merge.ts';
import { overrideCommand } from './override.ts';
import { profilesCommand } from './profiles.ts';
import { rebuildCommand } from './rebuild.ts';
import { verifyCommand } from './verify.ts';
import { whyCommand } from './why.ts';

interface Said {
  readonly stdin?: string;
  readonly language?: Language;
}

type Run = (command: Command, argv: readonly string[], said?: Said) => Promise<string>;

async function aStack(
  options: Pick<EmbeddedOptions, 'identity'> = {},
): Promise<{ run: Run; stack: EmbeddedStack['stack'] }> {
  const embedded = await anEmbeddedStack({ ...options, partitions: 3 });
  onTestFinished(() => embedded.stop());
  const { stack } = embedded;
  const run: Run = (command, argv, { stdin, ...given } = {}) =>
    runCommand(command, argv, { ...given, input: stdin ?? '', stack });
  return { run, stack };
}

let purchases = 0;
const line = (who: object, day: string, changes: object = {}): string =>
  `${JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: `e${++purchases}`,
    ...who,
    occurredAt: `${day}T00:00:00Z`,
    orderId: `o${purchases}`,
    amount: { minor: 90_000, currency: 'CNY' },
    ...changes,
  })}\n`;
const linkLine = (linkedId: string, customerId: string, day: string): string =>
  line({ customerId }, day, { type: 'link', source: 'crm', linkedId });
const importing = (until: string) => ['-', '--format', 'events', '--until', until];
const byAnn = ['--actor', 'ann'];

async function rowsOf(run: Run): Promise<readonly (readonly [string, string])[]> {
  const profiles = (await run(profilesCommand, [])).split('\n').slice(1, -1);
  return profiles.map((row) => {
    const [, customerId = '', , , , , orders = ''] = row.split(',');
    return [customerId, orders];
  });
}

describe('a link', () => {
  test('makes one customer of a guest and who it turns out to be, in profiles and in why', async () => {
    const { run } = await aStack();
    const stdin = line({ guest: '9f' }, '2026-01-01') + line({ customerId: 'c1' }, '2026-01-02');
    await run(importCommand, importing('2026-01-10'), { stdin });
    expect(await rowsOf(run)).toEqual([
      ['c1', '1'],
      ['guest:9f', '1'],
    ]);
    const said = await run(linkCommand, ['guest:9f', '--to', 'c1', '--reason', 'mail', ...byAnn]);
    expect(said).toMatch(/^guest:9f is c1; .*\nTier now: \w+\.\n$/);
    await run(importCommand, importing('2026-01-11'), {
      stdin: line({ guest: '9f' }, '2026-01-05'),
    });
    expect(await rowsOf(run)).toEqual([['c1', '3']]);
    const why = await run(whyCommand, ['guest:9f']);
    expect(why).toContain('c1');
    expect(why).toContain('mail');
    expect(why).toContain('ann');
    expect(await run(verifyCommand, ['--from-log'])).not.toContain('differ');
  });

  test('comes by a file too, before anything is known of the id', async () => {
    const { run } = await aStack();
    const stdin =
      linkLine('desk:17', 'c1', '2026-01-01') + line({ customerId: 'desk:17' }, '2026-01-02');
    await run(importCommand, importing('2026-01-10'), { stdin });
    expect(await rowsOf(run)).toEqual([['c1', '1']]);
  });

  test('takes the id as its source numbers it, where that has a space of its own', async () => {
    const { run } = await aStack({ identity: identity({ spaces: ['desk'] }) });
    const ofDesk = line({ customerId: '17' }, '2026-01-01', { source: 'desk' });
    await run(importCommand, importing('2026-01-10'), {
      stdin: ofDesk + line({ customerId: '17' }, '2026-01-02'),
    });
    expect(await rowsOf(run)).toEqual([
      ['17', '1'],
      ['desk:17', '1'],
    ]);
    await run(linkCommand, ['17', '--source', 'desk', '--to', '17', ...byAnn]);
    expect(await rowsOf(run)).toEqual([['17', '2']]);
  });

  test('of what is another customer is refused with what to do, in both languages', async () => {
    const { run } = await aStack();
    await run(importCommand, importing('2026-01-10'), {
      stdin: line({ customerId: 'c1' }, '2026-01-01'),
    });
    await run(linkCommand, ['guest:1', '--to', 'c1', ...byAnn]);
    const other = ['guest:1', '--to', 'c2', ...byAnn];
    const en = await run(linkCommand, other).catch((fault: CliFault) => fault);
    expect(en).toMatchObject({ code: 'STRATA_CLI_LINK_REFUSED' });
    expect(String(en)).toContain("another customer's already");
    const zh = await run(linkCommand, other, { language: 'zh' }).catch((fault: CliFault) => fault);
    expect(String(zh)).toContain('已属于另一位客户');
    await expect(run(linkCommand, ['guest:1', '--to', 'c1'])).rejects.toThrow(UsageFault);
    // What is known already is no fault, and changes nothing.
    expect(await run(linkCommand, ['guest:1', '--to', 'c1', ...byAnn])).toContain('guest:1 is c1');
  });
});

describe('a stack with a pseudonym key', () => {
  const pseudonyms = keyedPseudonyms(new Uint8Array(32).fill(3));
  const p = pseudonyms.of;

  test('answers every command about a customer by the id that its source knows', async () => {
    const { run, stack } = await aStack({ identity: identity({ pseudonyms }) });
    const names = ['c1', 'c2', 'c3'];
    const stdin = names.map((customerId) => line({ customerId }, '2026-01-01')).join('');
    await run(importCommand, importing('2026-01-10'), { stdin });
    expect((await rowsOf(run)).map(([id]) => id)).toEqual(names.map(p).toSorted());

    const why = await run(whyCommand, ['c1']);
    expect(await run(whyCommand, [p('c1')])).toBe(why);
    const floor = ['c1', '--floor', 'gold', '--reason', 'r', ...byAnn];
    expect(await run(overrideCommand, floor)).toContain('Tier now: gold');
    expect(await run(mergeCommand, ['c2', '--into', 'c1', '--reason', 'r', ...byAnn])).toContain(
      'c2 is part of c1',
    );
    expect(await run(linkCommand, ['guest:1', '--to', 'c1', ...byAnn])).toContain('guest:1 is c1');
    await run(rebuildCommand, ['--customer', 'c1']);
    expect(await run(verifyCommand, ['--from-log'])).not.toContain('differ');
    const receipt = await run(eraseCommand, ['c1', '--reason', 'r', ...byAnn]);
    expect(receipt).toContain(p('guest:1'));
    expect(await rowsOf(run)).toEqual([[p('c3'), '1']]);

    // Nothing that the log or its keys say is an id, though every command named one.
    for (let partition = 0; partition < stack.partitions; partition++) {
      const from = { topic: TOPICS.customerLog, partition, offset: 0 };
      for await (const batch of stack.reader.read(from)) {
        await stack.serdes.prepare(batch);
        for (const { key, value } of batch) {
          const record = logRecordFromWire(
            stack.serdes.customerLog.decode(value ?? new Uint8Array()),
          );
          const said = `${Buffer.from(key ?? []).toString()} ${JSON.stringify(record)}`;
          for (const id of ['"c1"', '"c2"', '"c3"', 'guest:']) expect(said).not.toContain(id);
        }
      }
    }
  });
});
