/**
 * What must not enter. The allow-list is the schema: a field that no event has is dropped. Fields
 * of a forbidden kind are dropped too, or refuse the record where configuration says so. Both are
 * counted by kind, never by name: a producer may put anything into a name.
 */
export interface Minimisation {
  /** Profile attributes that may enter. */
  readonly attributes: ReadonlySet<string>;
  /** The kind of data that may not enter which a name stands for, null where it is none. */
  readonly forbiddenKind: (name: string) => string | null;
  readonly onForbidden: 'drop' | 'refuse';
}

/** The kind of a dropped field that is not forbidden, only not known. */
export const UNKNOWN_KIND = 'unknown';

export const ATTRIBUTES_DEFAULT = ['segment', 'region', 'industry', 'roles', 'shareOfWallet'];

export const FORBIDDEN_DEFAULT: Readonly<Record<string, readonly string[]>> = {
  hobbies: ['hobby', 'hobbies', 'interests', 'leisure'],
  family: ['family', 'familyStatus', 'maritalStatus', 'spouse', 'children', 'parents'],
  competitor: ['competitor', 'competitors', 'competitorShare', 'competitorSpend'],
  staff: ['staff', 'staffNotes', 'employeeName', 'employeeNotes', 'salesRepNotes'],
};

export interface MinimisationSettings {
  readonly attributes?: readonly string[];
  readonly forbidden?: Readonly<Record<string, readonly string[]>>;
  readonly onForbidden?: 'drop' | 'refuse';
}

export function minimisation(settings: MinimisationSettings = {}): Minimisation {
  const forbidden = new Map<string, string>();
  for (const [kind, names] of Object.entries(settings.forbidden ?? FORBIDDEN_DEFAULT)) {
    for (const name of names) forbidden.set(foldName(name), kind);
  }
  return {
    attributes: new Set(settings.attributes ?? ATTRIBUTES_DEFAULT),
    forbiddenKind: remembered((name) => forbidden.get(foldName(name)) ?? null),
    onForbidden: settings.onForbidden ?? 'drop',
  };
}

/** `marital_status`, `MaritalStatus` and `marital-status` are one name. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Producers use few names again and again; a flood of new ones must not fill the memory. */
const REMEMBERED_NAMES_MAX = 4_096;

function remembered(kindOf: (name: string) => string | null): (name: string) => string | null {
  const kinds = new Map<string, string | null>();
  return (name) => {
    const known = kinds.get(name);
    if (known !== undefined) return known;
    const kind = kindOf(name);
    if (kinds.size < REMEMBERED_NAMES_MAX) kinds.set(name, kind);
    return kind;
  };
}

/** Dropped fields by kind; absent until the first. */
export type Dropped = ReadonlyMap<string, number>;

export const NOTHING_DROPPED: Dropped = new Map();

/** Null for the kind of a field that is only not known. */
export function countDropped(dropped: Map<string, number>, kind: string | null): void {
  const name = kind ?? UNKNOWN_KIND;
  dropped.set(name, (dropped.get(name) ?? 0) + 1);
}

export interface Minimised {
  readonly fields: Record<string, unknown>;
  /** A forbidden field that refuses the record. */
  readonly refused: string | null;
}

/** The members of `raw` that `allowed` names. Null counts as absent: it is how Avro writes it. */
export function pick(
  raw: Readonly<Record<string, unknown>>,
  allowed: ReadonlySet<string>,
  { rules, dropped }: { readonly rules: Minimisation; readonly dropped: Map<string, number> },
): Minimised {
  const fields: Record<string, unknown> = {};
  let refused: string | null = null;
  for (const name of Object.keys(raw)) {
    const value = raw[name];
    if (value === null || value === undefined) continue;
    const kind = rules.forbiddenKind(name);
    if (kind === null && allowed.has(name)) {
      fields[name] = value;
      continue;
    }
    countDropped(dropped, kind);
    if (kind !== null && rules.onForbidden === 'refuse') refused ??= name;
  }
  return { fields, refused };
}
