import type { PublishedPolicy } from '@strata/contracts';

/** How people call a publication: its number, its set's id or a beginning of it, a policy and its version, or `current`. */
export type PublicationName =
  | { readonly kind: 'current' }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'version'; readonly policy: string; readonly version: number };

const ID_LENGTH = 32;
/** A shorter beginning of an id would soon be that of two. */
const ID_PREFIX = /^[0-9a-f]{6,32}$/;
const NUMBER = /^#?([1-9]\d{0,9})$/;
const VERSION = /^(.+)@([1-9]\d{0,15})$/;

/** Null for what is a file or a preset. */
export function publicationName(text: string): PublicationName | null {
  if (text === 'current') return { kind: 'current' };
  const number = NUMBER.exec(text)?.[1];
  if (number !== undefined) return { kind: 'number', number: Number(number) };
  if (ID_PREFIX.test(text)) return { kind: 'id', id: text };
  const [, policy, version] = VERSION.exec(text) ?? [];
  if (policy === undefined || /[/\\]/.test(policy)) return null;
  return { kind: 'version', policy, version: Number(version) };
}

/**
 * The publication of this name, the newest that ever held first. Null where there is none; those that were void can be
 * called by their number alone.
 */
export function findPublication(
  publications: readonly PublishedPolicy[],
  name: PublicationName,
): PublishedPolicy | null {
  const held = publications.filter(({ standing }) => standing !== 'void');
  switch (name.kind) {
    case 'current':
      return held.find(({ standing }) => standing === 'in-force') ?? null;
    case 'number':
      return publications.find(({ number }) => number === name.number) ?? null;
    case 'id':
      return only(held.filter(({ set }) => set.id.startsWith(name.id)));
    case 'version':
      return (
        held.findLast(({ set }) =>
          set.policies.some((it) => it.name === name.policy && it.version === name.version),
        ) ?? null
      );
  }
}

/** The newest, where all are of one set: a beginning of two ids names neither. */
function only(found: readonly PublishedPolicy[]): PublishedPolicy | null {
  const ids = new Set(found.map(({ set }) => set.id));
  return ids.size === 1 ? (found.at(-1) ?? null) : null;
}

/** The set that was in force before the one that is, as `rollback` without a name takes it. */
export function formerPublication(
  publications: readonly PublishedPolicy[],
): PublishedPolicy | null {
  const present = findPublication(publications, { kind: 'current' });
  return publications.find(({ number }) => number === present?.basedOn) ?? null;
}

/** An id as people copy it. */
export function shortId(id: string): string {
  return id.length <= ID_LENGTH / 4 ? id : id.slice(0, ID_LENGTH / 4);
}
