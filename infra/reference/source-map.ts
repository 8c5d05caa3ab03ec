import { INTAKE_FIELD_NAMES, intakeFieldsOf } from '../../packages/contracts/src/index.ts';
import { CUSTOMER_EVENT_TYPES } from '../../packages/domain/src/index.ts';
import { GRAMMAR_BLOCKS } from '../../packages/source-map/src/document-schema.ts';
import { requireSameNames } from './closed-list.ts';
import { code, page, table } from './markdown.ts';
import { SOURCE_MAP_TEXTS } from './source-map-texts.ts';
import { unwrapped, type ZodShape } from './zod-shape.ts';

/** docs/reference/source-map.md, from the schema that a mapping file is checked against. */
export function sourceMapPage(): string {
  const place = 'infra/reference/source-map-texts.ts';
  const blocks = Object.entries(GRAMMAR_BLOCKS);
  const told = Object.keys(SOURCE_MAP_TEXTS);
  requireSameNames('Block of the grammar', { found: blocks.map(([name]) => name), told, place });
  return page('Mapping files', [
    [
      'A mapping file (YAML) says how a file or a topic of any shape becomes [events](events.md), without code: `import FILE --map MAP.yaml`,',
      '`backtest FILE --map MAP.yaml`, `map check MAP.yaml FILE`, and topics by `STRATA_INGESTOR_MAPS`. The formats that `--format` names are',
      'such files, in the folder `maps`; start from a copy of one. Nothing is dropped without a word: every row becomes events, is part of one, is',
      'left out by a rule and counted, or is refused with a reason.',
    ].join('\n'),
    '## References',
    [
      '- In CSV the name of a column (blanks around it and case do not count), or its number from 1.',
      '- In JSON a path, as `order.lines.0.sku`; a dot that belongs to a name is written `\\.`. Numbers beyond 2^53 are read as their digits.',
      '- `$record`: the record’s number in its file from 1 (headers and blank lines do not count), or partition and offset in a topic. `$file`: the',
      '  file’s name without `.gz`, or the topic. `table.value`: what a join found. `$item`, `$index`: see `each`.',
    ].join('\n'),
    ...blocks.flatMap(([name, schema]) => blockSection(name, schema as unknown as ZodShape)),
    '## Fields by type',
    table(
      ['Type', 'Needed', 'May have'],
      CUSTOMER_EVENT_TYPES.map((type) => {
        const fields = [...intakeFieldsOf(type)];
        const names = (isNeeded: boolean): string =>
          fields
            .filter(([, field]) => field.isNeeded === isNeeded)
            .map(([field]) => code(field))
            .join(', ');
        return [code(type), names(true), names(false)];
      }),
    ),
    '## What it does not do',
    [
      '- It has no expressions: what cannot be said by these keys is said by a step before it.',
      '- It does not group rows of one file: purchases that name the same order are its parts, and their amounts add up. Rows of another file are summed by',
      '  `keep` and `sums`.',
      '- It reads no spreadsheets (save them as CSV) and no JSON that is one list (write one object a line).',
      '- Joins look back only: files stand in the order in which they need each other. A dead letter of a file that joins others cannot be read again by itself; import',
      '  the folder again.',
    ].join('\n'),
  ]);
}

function blockSection(name: string, schema: ZodShape): readonly string[] {
  const { title, about, keys } = SOURCE_MAP_TEXTS[name] ?? { title: name, about: '', keys: {} };
  const shape = shapeOf(schema);
  const own = Object.keys(shape).filter((key) => !isPlainField(key) || key in keys);
  const told = Object.keys(keys).filter((key) => key !== '*');
  const place = 'infra/reference/source-map-texts.ts';
  requireSameNames(`Key of ${name}`, { found: own, told, place });
  const rows = Object.entries(keys).map(([key, text]) => {
    const inner = shape[key];
    const isNeeded = inner !== undefined && !unwrapped(inner).isOptional;
    return [key === '*' ? 'other fields' : code(key), isNeeded ? '**needed**' : '', text];
  });
  return [`## ${title}`, about, table(['Key', '', 'What it means'], rows)];
}

/** The fields of types are told once, by type. */
function isPlainField(key: string): boolean {
  return INTAKE_FIELD_NAMES.includes(key);
}

/** The keys of a block; of a union, of its form that is a mapping. */
function shapeOf(given: ZodShape): Readonly<Record<string, ZodShape>> {
  const { schema } = unwrapped(given);
  const { shape, options = [] } = schema.def;
  return shape ?? Object.assign({}, ...options.map(shapeOf));
}
