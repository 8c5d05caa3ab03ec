import { formatRfc3339 } from '@strata/contracts';
import {
  type LedgerEntry,
  type PresentSubscription,
  subscriptionJson,
} from '@strata/subscriptions';
import type { Language } from '../language.ts';
import { tableText } from '../table-text.ts';
import { subscriptionTexts } from './texts.ts';

const NONE = '-';

export function listText(found: readonly PresentSubscription[], language: Language): string {
  const texts = subscriptionTexts(language);
  if (found.length === 0) return `${texts.none}\n`;
  const rows = found.map(({ id, standing, version, content, changedAtMs }) => [
    id,
    texts.standings[standing],
    `${version}`,
    content.deliver,
    formatRfc3339(changedAtMs),
    content.url,
  ]);
  return `${tableText([texts.columns, ...rows])}\n`;
}

/** Every field under its own name, as in JSON: what can be changed is seen at once. */
export function showText(state: PresentSubscription): string {
  const rows = Object.entries(subscriptionJson(state)).map(
    ([name, value]) => `${name}: ${said(value)}`,
  );
  return `${rows.join('\n')}\n`;
}

export function historyText(entries: readonly LedgerEntry[], language: Language): string {
  const texts = subscriptionTexts(language);
  const rows = entries.map(({ record, appendedAtMs, isVoid }) => [
    formatRfc3339(appendedAtMs),
    record.subscription,
    isVoid ? `${record.kind} (${texts.voided})` : record.kind,
    'version' in record ? `${record.version}` : NONE,
    record.actor,
    record.reason ?? NONE,
  ]);
  return `${tableText([texts.historyColumns, ...rows])}\n`;
}

function said(value: unknown): string {
  if (value === null) return NONE;
  if (Array.isArray(value)) return value.length === 0 ? NONE : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
