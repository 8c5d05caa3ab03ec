import { readSchemaFolder, type TopicSchema } from '../../packages/schema-registry/src/index.ts';
import { topicSpecs } from '../../services/cli/src/stack/deploy-topics.ts';
import type { AvroField, AvroType } from './avro-json-schema.ts';
import { code, page, table } from './markdown.ts';

/** Topics with the stack's own number of partitions are asked for with a number none can have. */
const STACK_PARTITIONS = 0;
const DAY_MS = 86_400_000;

/** docs/reference/topics.md, from infra/kafka/topics.yaml and schemas/. */
export function topicsPage(): string {
  const schemas = readSchemaFolder();
  return page('Topics', [
    [
      'The deploy step creates these and registers their schemas; services refuse to start on a topic or a',
      'schema that differs. `stack` is the number of partitions that the stack was opened with, for life.',
      'Who writes what, and the rules for changing a schema: [schemas](../../schemas/README.md).',
    ].join('\n'),
    table(['Topic', 'Partitions', 'Kept', 'Settings'], topicRows()),
    '## Subjects',
    table(
      ['Subject', 'Record'],
      schemas.map(({ subject, name }) => [code(subject), code(name)]),
    ),
    '## Records',
    ...recordsOf(schemas).flatMap(recordBlocks),
  ]);
}

function topicRows(): string[][] {
  return topicSpecs(STACK_PARTITIONS).map(({ name, partitions, config = {} }) => [
    code(name),
    partitions === STACK_PARTITIONS ? 'stack' : String(partitions),
    keptText(config),
    Object.entries(config)
      .map(([key, value]) => code(`${key}=${value}`))
      .join(' '),
  ]);
}

function keptText(config: Readonly<Record<string, string>>): string {
  const policies = (config['cleanup.policy'] ?? 'delete').split(',');
  const retentionMs = Number(config['retention.ms'] ?? Number.NaN);
  const parts: string[] = [];
  if (policies.includes('compact')) parts.push('newest of each key');
  if (policies.includes('delete')) {
    parts.push(retentionMs === -1 ? 'for ever' : `${retentionMs / DAY_MS} days`);
  }
  return parts.join(', ');
}

/** The six intake topics share one record: it is told once. */
function recordsOf(schemas: readonly TopicSchema[]): readonly TopicSchema[] {
  return [...new Map(schemas.map((schema) => [schema.name, schema])).values()];
}

function recordBlocks({ name, text }: TopicSchema): string[] {
  const { doc, fields } = JSON.parse(text) as { doc?: string; fields: readonly AvroField[] };
  const rows = fields.map((field) => [
    code(field.name),
    code(typeText(field.type)),
    field.doc ?? '',
  ]);
  const about = doc === undefined ? [] : [doc];
  return [`### ${name}`, ...about, table(['Field', 'Type', 'What it is'], rows)];
}

function typeText(type: AvroType): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.map(typeText).join(' | ');
  const one = type as Exclude<AvroType, string | readonly AvroType[]>;
  if (one.logicalType !== undefined) return one.logicalType;
  if (one.items !== undefined) return `${typeText(one.items)}[]`;
  if (one.values !== undefined) return `map of ${typeText(one.values)}`;
  if (one.fields === undefined) return one.name ?? typeText(one.type);
  return `{${one.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ')}}`;
}
