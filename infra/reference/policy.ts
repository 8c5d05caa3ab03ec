import {
  countedTreatmentSchema,
  documentSchema,
} from '../../packages/policy-file/src/document-schema.ts';
import { requireSameNames } from './closed-list.ts';
import { DIMENSION_TEXTS } from './dimension-texts.ts';
import { code, page, table } from './markdown.ts';
import { POLICY_EXAMPLES } from './policy-examples.ts';
import { POLICY_TEXTS } from './policy-texts.ts';
import { unwrapped, type ZodShape } from './zod-shape.ts';

interface Key {
  readonly place: string;
  readonly value: string;
  readonly fallback: string;
  /** One for each kind of dimension that has the key. */
  readonly schemas: readonly ZodShape[];
}

/** docs/reference/policy.md, from the schema that a policy is checked against. */
export function policyPage(): string {
  const keys = new Map<string, Key>();
  collect('', documentSchema as unknown as ZodShape, keys);
  collect('treatment.*', countedTreatmentSchema as unknown as ZodShape, keys);
  const place = 'infra/reference/policy-texts.ts';
  requireSameNames('Policy key', { found: keys.keys(), told: Object.keys(POLICY_TEXTS), place });
  return page('Policy', [
    [
      'Every key of a policy file. `*` stands for a name of your own, `[]` for each entry of a list. Durations',
      'are days (`30d`, at most 3 decimals and 1,000,000 days) of 86,400 s. Numbers have at most 3 decimals and lie',
      'between -10^12 and 10^12 where nothing else is said; names start with a letter and have at most 64 letters,',
      'digits, `_`, `-` and `.`; lists of steps, points and values have at most 100 entries, the ladder 64. `./strata policy check FILE` names the',
      'line and the remedy of everything that is wrong. [Presets](../presets/README.md) are whole files to start from.',
    ].join('\n'),
    table(
      ['Key', 'Value', 'Default', 'Example', 'What it means'],
      [...keys.values()].map((key) => [
        code(key.place),
        key.value,
        key.fallback,
        code(exampleOf(key)),
        POLICY_TEXTS[key.place] ?? '',
      ]),
    ),
    '## Kinds of dimension',
    'What has no value scores `otherwise`. Windows are `(at - window, at]`.',
    table(
      ['`of`', 'Unit', 'What it measures'],
      Object.entries(DIMENSION_TEXTS).map(([of, { unit, text }]) => [code(of), unit, text]),
    ),
  ]);
}

/** An example that its own schema refuses would teach what is wrong. */
function exampleOf({ place, schemas }: Key): string {
  const example = POLICY_EXAMPLES[place];
  if (example === undefined) {
    throw new Error(
      `Policy key ${place} has no example: add it to infra/reference/policy-examples.ts.`,
    );
  }
  if (/^[[{]/.test(example)) return example;
  const value = /^[\d.]+$/.test(example) ? Number(example) : example;
  if (schemas.some((schema) => schema.safeParse(value).success)) return example;
  throw new Error(
    `The example of policy key ${place} in infra/reference/policy-examples.ts is wrong.`,
  );
}

/** Walks the schema; keys of several kinds of dimension that have one place are told once. */
function collect(place: string, given: ZodShape, keys: Map<string, Key>): void {
  const { schema } = unwrapped(given);
  const { shape, valueType, element, options } = schema.def;
  for (const option of options ?? []) collect(place, option, keys);
  if (element !== undefined) collect(`${place}[]`, element, keys);
  // Benefits are free data but for those that are counted, which have a schema of their own.
  if (valueType !== undefined && place !== 'treatment') collect(`${place}.*`, valueType, keys);
  for (const [name, inner] of Object.entries(shape ?? {})) {
    const path = place === '' ? name : `${place}.${name}`;
    note(path, inner, keys);
    collect(path, inner, keys);
  }
}

function note(place: string, given: ZodShape, keys: Map<string, Key>): void {
  const { schema, isOptional, fallback } = unwrapped(given);
  const value = valueText(schema);
  const known = keys.get(place);
  if (known !== undefined) {
    // Each kind of dimension names itself at the same place.
    const told = known.value.includes(value) ? known.value : `${known.value}, ${value}`;
    keys.set(place, { ...known, value: told, schemas: [...known.schemas, schema] });
    return;
  }
  const isPlain = typeof fallback === 'string' || typeof fallback === 'number';
  const missing = isOptional ? 'none' : '**needed**';
  keys.set(place, {
    place,
    value,
    schemas: [schema],
    fallback: isPlain ? code(`${fallback}`) : missing,
  });
}

function valueText(schema: ZodShape): string {
  const { type, entries, values, options } = schema.def;
  if (options !== undefined) return options.map(valueText).join(', ');
  if (entries !== undefined) return Object.values(entries).map(code).join(', ');
  if (values !== undefined) return values.map((value) => code(String(value))).join(', ');
  if (type === 'array') return 'list';
  if (type === 'object' || type === 'record') return 'mapping';
  if (type === 'string') return 'text';
  return probedText(schema);
}

/** Numbers and durations are checked by code, so they are told by what they take. */
function probedText(schema: ZodShape): string {
  const takes = (value: unknown): boolean => schema.safeParse(value).success;
  if (takes('1d')) return takes('0d') ? 'duration' : 'duration above `0d`';
  const { min, max } = rangeOf(schema);
  if (takes(1) && !takes(0.5)) return `whole number from ${takes(0) ? min : '1'}`;
  return Math.abs(Number(max)) >= 1e12 ? 'number' : `number from ${min} to ${max}`;
}

function rangeOf(schema: ZodShape): { readonly min: string; readonly max: string } {
  const args = schema.safeParse(Number.MAX_SAFE_INTEGER).error?.issues[0]?.params?.args;
  return { min: args?.['min'] ?? '', max: args?.['max'] ?? '' };
}
