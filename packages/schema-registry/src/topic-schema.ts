import { readdirSync, readFileSync } from 'node:fs';

/** One schema of one topic, as `schemas/` holds it and as it is registered. */
export interface TopicSchema {
  readonly topic: string;
  readonly subject: string;
  /** Full name of the record. */
  readonly name: string;
  readonly text: string;
}

/**
 * How a topic names its subjects. `topic`: `<topic>-value`, one record for the whole topic, which
 * foreign producers default to. `topic-record`: `<topic>-<full record name>`, one subject for each
 * kind of record.
 */
export const SUBJECT_NAMINGS = ['topic', 'topic-record'] as const;
export type SubjectNaming = (typeof SUBJECT_NAMINGS)[number];

interface TopicEntry {
  readonly topic: string;
  readonly folder: string;
  readonly subjects: SubjectNaming;
}

/** The folder of this repository; it lies beside the packages in every image, too. */
export const SCHEMA_FOLDER = new URL('../../../schemas/', import.meta.url);

/**
 * The newest version of every schema: the one that is written, and that older and newer ones are
 * read into.
 */
export function readSchemaFolder(folder: URL = SCHEMA_FOLDER): readonly TopicSchema[] {
  const newest = new Map<string, TopicSchema>();
  for (const round of readSchemaHistory(folder)) {
    for (const schema of round) newest.set(schema.subject, schema);
  }
  return [...newest.values()];
}

/**
 * Every version of every schema, oldest first: round n holds the n-th versions. A version that was
 * published is never edited; a change is a new file beside it, so that a fresh registry judges it
 * as one that has seen them all.
 */
export function readSchemaHistory(
  folder: URL = SCHEMA_FOLDER,
): readonly (readonly TopicSchema[])[] {
  const entries = JSON.parse(
    readFileSync(new URL('subjects.json', folder), 'utf8'),
  ) as readonly TopicEntry[];
  const rounds: TopicSchema[][] = [];
  for (const { topic, folder: name, subjects } of entries) {
    const place = new URL(`${name}/`, folder);
    for (const file of readdirSync(place).toSorted()) {
      const version = Number(SCHEMA_FILE.exec(file)?.groups?.['version'] ?? 0);
      if (version === 0) continue;
      const text = readFileSync(new URL(file, place), 'utf8');
      const record = recordName(text);
      const subject = subjects === 'topic' ? `${topic}-value` : `${topic}-${record}`;
      (rounds[version - 1] ??= []).push({ topic, subject, name: record, text });
    }
  }
  return rounds;
}

const SCHEMA_FILE = /^.+\.v(?<version>[1-9]\d*)\.avsc$/;

/** The full name of the record that a schema text defines. */
export function recordName(text: string): string {
  const { namespace, name } = JSON.parse(text) as { namespace?: string; name: string };
  return namespace === undefined || name.includes('.') ? name : `${namespace}.${name}`;
}
