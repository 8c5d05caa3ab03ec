import type { DeadLetter } from '@strata/contracts';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';
import type { TierMove } from './fold-ahead.ts';
import type { Forecast } from './forecast.ts';
import type { RedriveOutcome } from './outcome.ts';
import { type LetterTexts, letterTexts } from './texts.ts';
import type { WayBack } from './way-back.ts';

/** Rows of one table; more say no more to a person, and the JSON has them all. */
const ROWS_MAX = 40;

export function forecastText(
  ways: readonly WayBack[],
  { passing, failing, moves }: Forecast,
  language: Language,
): string {
  const texts = letterTexts(language);
  const words = texts.forecast;
  const sent = ways.length - keptOf(ways).length;
  const blocks = [
    tableText([
      [words.sent, groupDigits(sent)],
      [`  ${words.passing}`, groupDigits(passing)],
      [`  ${words.failing}`, groupDigits(failing.length)],
      ...byReason(failing),
      [words.kept, groupDigits(ways.length - sent)],
    ]),
    ...keptLines(ways, texts),
    ...tableOf(
      words.fault,
      failing.map(({ id, reason, detail }) => [id, reason, detail ?? '-']),
    ),
    ...(moves.length === 0 ? [words.noMoves] : movesText(moves, texts)),
  ];
  return `${blocks.join('\n')}\n`;
}

function movesText(moves: readonly TierMove[], { forecast }: LetterTexts): readonly string[] {
  const name = (tier: string | null): string => tier ?? forecast.noTier;
  const rows = [...countMoves(moves)].map(([from, to, count]) => [
    name(from),
    name(to),
    groupDigits(count),
  ]);
  const own = moves.map(({ customerId, from, to }) => [customerId, name(from), name(to)]);
  return [
    '',
    `${forecast.moves}:`,
    tableText([forecast.move, ...rows]),
    ...tableOf(forecast.customer, own),
  ];
}

function countMoves(
  moves: readonly TierMove[],
): readonly (readonly [from: string | null, to: string | null, count: number])[] {
  const groups = Map.groupBy(moves, ({ from, to }) => JSON.stringify([from, to]));
  return [...groups.values()]
    .map((own) => [own[0]?.from ?? null, own[0]?.to ?? null, own.length] as const)
    .toSorted(([, , a], [, , b]) => b - a);
}

export function forecastJson(
  ways: readonly WayBack[],
  { passing, failing, moves }: Forecast,
): Record<string, unknown> {
  return {
    sent: ways.length - keptOf(ways).length,
    passing,
    failing,
    kept: keptJson(ways),
    tiers: countMoves(moves).map(([from, to, customers]) => ({ from, to, customers })),
    customers: moves.map(({ customerId, from, to, changes }) => ({
      customerId,
      from,
      to,
      changes: changes.map(({ type, fromTier, toTier, effectiveAt }) => ({
        type,
        fromTier,
        toTier,
        effectiveAt: new Date(effectiveAt).toISOString(),
      })),
    })),
  };
}

/** What was refused before anything was sent counts as refused again: it lies there as it lay. */
export function outcomeText(
  ways: readonly WayBack[],
  { taken, refused, open }: RedriveOutcome,
  language: Language,
): string {
  const texts = letterTexts(language);
  const words = texts.outcome;
  const sent = ways.filter(({ kind }) => kind === 'sent').length;
  const failing = [...refused, ...unsent(ways)];
  const quarantined = refused.filter(({ state }) => state === 'quarantined').length;
  const blocks = [
    tableText([
      [words.sent, groupDigits(sent)],
      [`  ${words.taken}`, groupDigits(taken)],
      ...(open.length === 0 ? [] : [[`  ${words.open}`, groupDigits(open.length)]]),
      [words.refused, groupDigits(failing.length)],
      ...byReason(failing),
      ...(quarantined === 0 ? [] : [[`  ${texts.quarantined}`, groupDigits(quarantined)]]),
      [words.kept, groupDigits(keptOf(ways).length)],
    ]),
    ...keptLines(ways, texts),
    ...(failing.length === 0 ? [] : [words.mend]),
  ];
  return `${blocks.join('\n')}\n`;
}

export function outcomeJson(
  ways: readonly WayBack[],
  { taken, refused, open }: RedriveOutcome,
): Record<string, unknown> {
  const plain = ({ id, reason, detail, redrives, state }: DeadLetter) => {
    return { id, reason, detail, redrives, state };
  };
  return {
    sent: ways.filter(({ kind }) => kind === 'sent').length,
    taken,
    refused: [
      ...refused.map(plain),
      ...ways.flatMap((way) =>
        way.kind === 'refused'
          ? [{ ...plain(way.letter), reason: way.reason, detail: way.field }]
          : [],
      ),
    ],
    open,
    kept: keptJson(ways),
  };
}

function unsent(ways: readonly WayBack[]): readonly { readonly reason: string }[] {
  return ways.flatMap((way) => (way.kind === 'refused' ? [way] : []));
}

function keptOf(ways: readonly WayBack[]) {
  return ways.flatMap((way) => (way.kind === 'kept' ? [way] : []));
}

function keptJson(ways: readonly WayBack[]): readonly Record<string, unknown>[] {
  return keptOf(ways).map(({ letter, why }) => ({ id: letter.id, why }));
}

function keptLines(ways: readonly WayBack[], { kept }: LetterTexts): readonly string[] {
  const groups = Map.groupBy(keptOf(ways), ({ why }) => why);
  return [...groups].map(([why, own]) => `  ${groupDigits(own.length)} ${kept[why]}`);
}

function byReason(failing: readonly { readonly reason: string }[]): string[][] {
  const groups = Map.groupBy(failing, ({ reason }) => reason);
  return [...groups]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, own]) => [`    ${reason}`, groupDigits(own.length)]);
}

function tableOf(
  title: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const left = rows.length - ROWS_MAX;
  const more = left > 0 ? [`... +${groupDigits(left)} (--json)`] : [];
  return ['', tableText([title, ...rows.slice(0, ROWS_MAX)]), ...more];
}
