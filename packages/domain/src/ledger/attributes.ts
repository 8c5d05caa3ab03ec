import type { AttributeValue, Profile } from '../customer-event.ts';
import type { AttributeEntry, LedgerEntry, OpportunityEntry } from '../customer-state.ts';
import type { Instant } from '../instant.ts';

/** An entry that competes with others of its kind: of all that are dated by an instant the largest one holds. */
type Dated = LedgerEntry & { readonly source: string; readonly eventId: string };

/** Of the entries dated at or before `at` the one with the largest (at, source, eventId); null when there is none. */
export function latestOf<T extends Dated>(entries: readonly T[], at: Instant): T | null {
  let latest: T | null = null;
  for (const entry of entries) {
    if (entry.at <= at && (latest === null || isLater(entry, latest))) latest = entry;
  }
  return latest;
}

function isLater(a: Dated, b: Dated): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return a.source === b.source ? a.eventId > b.eventId : a.source > b.source;
}

/** What the profile says of one attribute at an instant; null where it says nothing. */
export function attributeOf(
  entries: readonly AttributeEntry[],
  name: string,
  at: Instant,
): AttributeValue | null {
  return attributeEntryOf(entries, name, at)?.value ?? null;
}

export function attributeEntryOf(
  entries: readonly AttributeEntry[],
  name: string,
  at: Instant,
): AttributeEntry | null {
  return latestOf(
    entries.filter((it) => it.name === name),
    at,
  );
}

/** The texts by which a value is compared with those of a policy: a list has several, a number its shortest form. */
export function textsOf(value: AttributeValue): readonly string[] {
  return typeof value === 'object' ? value : [String(value)];
}

export function isAmong(value: AttributeValue, wanted: readonly string[]): boolean {
  return textsOf(value).some((text) => wanted.includes(text));
}

/** One entry for each attribute, in the order of their names: a map has none of its own. */
export function attributeEntries(event: Profile, entry: LedgerEntry): readonly AttributeEntry[] {
  const { source, eventId, attributes } = event;
  return Object.keys(attributes)
    .toSorted()
    .map((name) => ({
      ...entry,
      name,
      value: attributes[name] as AttributeValue,
      source,
      eventId,
    }));
}

/**
 * Of each attribute what is dated after `horizon`, and the one that held then: a promotion inside the horizon may be
 * judged again by the profile of its instant.
 */
export function trimmedAttributes(
  entries: readonly AttributeEntry[],
  horizon: Instant,
): readonly AttributeEntry[] {
  if (entries.every((it) => it.at > horizon)) return entries;
  const held = new Map<string, AttributeEntry | null>();
  for (const { name } of entries) {
    if (!held.has(name)) held.set(name, attributeEntryOf(entries, name, horizon));
  }
  return kept(entries, (it) => it.at > horizon || held.get(it.name) === it);
}

/** The same for the stage of the one opportunity that a customer is taken to be. */
export function trimmedOpportunities(
  entries: readonly OpportunityEntry[],
  horizon: Instant,
): readonly OpportunityEntry[] {
  const held = latestOf(entries, horizon);
  return kept(entries, (it) => it.at > horizon || it === held);
}

/** The same list where nothing goes, so that a ledger that did not change stays the same object. */
function kept<T>(entries: readonly T[], isKept: (entry: T) => boolean): readonly T[] {
  return entries.every(isKept) ? entries : entries.filter(isKept);
}
