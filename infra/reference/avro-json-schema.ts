/** What the pages read of an Avro type. */
export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  readonly doc?: string;
}

export type AvroType =
  | string
  | readonly AvroType[]
  | {
      readonly type: AvroType;
      readonly name?: string;
      readonly doc?: string;
      readonly logicalType?: string;
      readonly items?: AvroType;
      readonly values?: AvroType;
      readonly fields?: readonly AvroField[];
    };

type JsonSchema = Readonly<Record<string, unknown>>;

const PRIMITIVES: Readonly<Record<string, JsonSchema>> = {
  null: { type: 'null' },
  boolean: { type: 'boolean' },
  int: { type: 'integer' },
  long: { type: 'integer' },
  double: { type: 'number' },
  string: { type: 'string' },
};

/**
 * JSON Schema of the JSON that we write of an Avro record: the same names, instants as RFC 3339 and
 * absent values as null. `own` has the fields whose JSON is another than their Avro.
 */
export function jsonSchemaOfRecord(
  fields: readonly AvroField[],
  own: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const properties = fields.map(({ name, type, doc }) => {
    const about = doc === undefined ? {} : { description: doc };
    return [name, own[name] ?? { ...jsonSchemaOf(type), ...about }] as const;
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: fields.map(({ name }) => name),
    additionalProperties: false,
  };
}

function jsonSchemaOf(type: AvroType): JsonSchema {
  if (typeof type === 'string') return primitive(type);
  if (isUnion(type)) return { anyOf: type.map(jsonSchemaOf) };
  if (type.logicalType === 'timestamp-millis') return { type: 'string', format: 'date-time' };
  if (type.items !== undefined) return { type: 'array', items: jsonSchemaOf(type.items) };
  if (type.values !== undefined) {
    return { type: 'object', additionalProperties: jsonSchemaOf(type.values) };
  }
  if (type.fields !== undefined) return jsonSchemaOfRecord(type.fields);
  return jsonSchemaOf(type.type);
}

function primitive(name: string): JsonSchema {
  const schema = PRIMITIVES[name];
  if (schema === undefined) throw new Error(`Avro's ${name} has no JSON Schema yet: add it here.`);
  return schema;
}

function isUnion(type: AvroType): type is readonly AvroType[] {
  return Array.isArray(type);
}
