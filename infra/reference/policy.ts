import { documentSchema } from '../../packages/policy-file/src/document-schema.ts';
import { requireSameNames } from './closed-list.ts';
import { DIMENSION_TEXTS } from './dimension-texts.ts';
import { code, page, table } from './markdown.ts';
import { POLICY_TEXTS } from './policy-texts.ts';
import { unwrapped, type ZodShape } from './zod-shape.ts';

interface Key {
  readonly place: string;
  readonly value: string;
  readonly fallback: string;
}

/** docs/reference/policy.md, from the schema that a policy is checked against. */
export function policyPage(): string {
  const keys = new Map<string, Key>();
  collect('', documentSchema as unknown as ZodShape, keys);
  const place = 'infra/reference/policy-texts.ts';
  requireSameNames('Policy key', { found: keys.keys(), told: Object.keys(POLICY_TEXTS), place });
  return page('Policy', [
    [
      'Every key of a policy file. `*` stands for a name of your own, `[]` for each entry of a list. Durations',
      'are days (`30d`, at most 3 decimals) of 86,400 s. `./strata policy check FILE` names the line and the',
      'remedy of everything that is wrong. Presets are in [policies](../../policies/README.md).',
    ].join('\n'),
    table(
      ['Key', 'Value', 'Default', 'What it means'],
      [...keys.values()].map((key) => [
        code(key.place),
        key.value,
        key.fallback,
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

/** Walks the schema; keys of several kinds of dimension that have one place are told once. */
function collect(place: string, given: ZodShape, keys: Map<string, Key>): void {
  const { schema } = unwrapped(given);
  const { shape, valueType, element, options } = schema.def;
  for (const option of options ?? []) collect(place, option, keys);
  if (element !== undefined) collect(`${place}[]`, element, keys);
  // Benefits are free data: only that they are mappings is checked.
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
    if (!known.value.includes(value))
      keys.set(place, { ...known, value: `${known.value}, ${value}` });
    return;
  }
  const isPlain = typeof fallback === 'string' || typeof fallback === 'number';
  const missing = isOptional ? 'none' : '**needed**';
  keys.set(place, { place, value, fallback: isPlain ? code(`${fallback}`) : missing });
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
  if (takes(1) && !takes(0.5) && !takes(0)) return 'whole number from 1';
  const { min, max } = rangeOf(schema);
  return Math.abs(Number(max)) >= 1e12 ? 'number' : `number from ${min} to ${max}`;
}

function rangeOf(schema: ZodShape): { readonly min: string; readonly max: string } {
  const args = schema.safeParse(Number.MAX_SAFE_INTEGER).error?.issues[0]?.params?.args;
  return { min: args?.['min'] ?? '', max: args?.['max'] ?? '' };
}
