/** A record as an Avro serde takes and gives it: the full name of its schema, and its fields. */
export interface WireRecord {
  readonly name: string;
  readonly body: unknown;
}
