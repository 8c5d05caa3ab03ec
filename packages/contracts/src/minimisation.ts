/**
 * What must not enter. The allow-list is the schema: a field that no event has is dropped. Fields
 * of a forbidden kind are dropped too, or refuse the record where configuration says so. Both are
 * counted by kind, never by name: a producer may put anything into a name.
 */
export interface Minimisation {
  /** Profile attributes that may enter. */
  readonly attributes: ReadonlySet<string>;
  /** What may not enter under a name, null where it may. */
  readonly forbidden: (name: string) => Forbidden | null;
  readonly onForbidden: 'drop' | 'refuse';
}

export interface Forbidden {
  readonly kind: string;
  /** As the configuration spells it, which may be told; a producer's own spelling may not. */
  readonly name: string;
}

/** The kind of a dropped field that is not forbidden, only not known. */
export const UNKNOWN_KIND = 'unknown';

/** The kind of a guest that is dropped because its event names the customer. */
export const GUEST_KIND = 'guest';

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
  const forbidden = new Map<string, Forbidden>();
  for (const [kind, names] of Object.entries(settings.forbidden ?? FORBIDDEN_DEFAULT)) {
    for (const name of names) forbidden.set(foldName(name), { kind, name });
  }
  return {
    attributes: new Set(settings.attributes ?? ATTRIBUTES_DEFAULT),
    forbidden: remembered((name) => forbidden.get(foldName(name)) ?? null),
    onForbidden: settings.onForbidden ?? 'drop',
  };
}

/** `marital_status`, `MaritalStatus` and `marital-status` are one name. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Producers use few names again and again; a flood of new ones must not fill the memory. */
const REMEMBERED_NAMES_MAX = 4_096;

function remembered<T>(answer: (name: string) => T): (name: string) => T {
  const answers = new Map<string, T>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const found = answer(name);
    if (answers.size < REMEMBERED_NAMES_MAX) answers.set(name, found);
    return found;
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
    const forbidden = rules.forbidden(name);
    if (forbidden === null && allowed.has(name)) {
      fields[name] = value;
      continue;
    }
    countDropped(dropped, forbidden?.kind ?? null);
    if (forbidden !== null && rules.onForbidden === 'refuse') refused ??= forbidden.name;
  }
  return { fields, refused };
}
