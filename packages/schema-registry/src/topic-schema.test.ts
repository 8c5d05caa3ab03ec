import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { MemorySchemaRegistry } from './memory-schema-registry.ts';
import { checkSchemas, deploySchemas, registerSchemas } from './register-schemas.ts';
import { readSchemaFolder, readSchemaHistory, recordName, SCHEMA_FOLDER } from './topic-schema.ts';

const schemas = readSchemaFolder();

interface RecordSchema {
  readonly fields: readonly { readonly name: string; readonly type: unknown; default?: unknown }[];
}

test('names subjects as producers and the log expect them', () => {
  const subjects = schemas.map(({ subject }) => subject);
  expect(subjects).toContain('strata.intake.purchases.v1-value');
  expect(subjects).toContain('strata.customer-log.v1-strata.log.OrderCancelled');
  expect(new Set(subjects).size).toBe(subjects.length);
});

test('every optional field has a default, so that it can be left out and added later', () => {
  for (const { text } of schemas) {
    for (const field of (JSON.parse(text) as RecordSchema).fields) {
      if (Array.isArray(field.type) && field.type.includes('null')) {
        expect(field).toMatchObject({ default: null });
      }
    }
  }
});

test('an incompatible change of any schema is refused, and nothing is registered', async () => {
  const registry = new MemorySchemaRegistry();
  await registerSchemas(registry, schemas);
  for (const schema of schemas) {
    const parsed = JSON.parse(schema.text) as RecordSchema;
    const added = { ...parsed, fields: [...parsed.fields, { name: 'added', type: 'string' }] };
    const changed = [{ ...schema, text: JSON.stringify(added) }];
    await expect(checkSchemas(registry, changed)).rejects.toThrow(schema.subject);
    await expect(registerSchemas(registry, changed)).rejects.toMatchObject({
      code: 'STRATA_REGISTRY_SCHEMA_INCOMPATIBLE',
    });
    expect(await registry.idOf(schema.subject, changed[0]?.text ?? '')).toBeNull();
  }
});

test('a record has its full name with and without a namespace', () => {
  expect(recordName('{"name":"A"}')).toBe('A');
  expect(recordName('{"name":"A","namespace":"n"}')).toBe('n.A');
  expect(recordName('{"name":"m.A","namespace":"n"}')).toBe('m.A');
});

test('a second version lies beside the first, is the one that is written, and is judged against it', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'strata-schemas-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(SCHEMA_FOLDER, copy, { recursive: true });
  const folder = pathToFileURL(`${copy}/`);
  const first = readFileSync(join(copy, 'strata.customer-log.v1/clock.v1.avsc'), 'utf8');
  const schema = JSON.parse(first) as RecordSchema;
  const write = (field: object): void =>
    writeFileSync(
      join(copy, 'strata.customer-log.v1/clock.v2.avsc'),
      JSON.stringify({ ...schema, fields: [...schema.fields, field] }),
    );

  write({ name: 'why', type: ['null', 'string'], default: null });
  const [ones, twos = []] = readSchemaHistory(folder);
  expect(ones).toEqual(readSchemaHistory()[0]);
  expect(twos).toHaveLength((readSchemaHistory()[1] ?? []).length + 1);
  const clock = readSchemaFolder(folder).find(({ name }) => name === 'strata.log.Clock');
  expect(clock?.text).toContain('why');
  const registry = new MemorySchemaRegistry();
  await deploySchemas(registry, readSchemaHistory(folder));
  expect(await registry.idOf(clock?.subject ?? '', first)).not.toBeNull();

  write({ name: 'why', type: 'string' });
  await expect(
    deploySchemas(new MemorySchemaRegistry(), readSchemaHistory(folder)),
  ).rejects.toThrow('strata.log.Clock');
});

/**
 * A registry that was deployed to holds these very versions. Change a schema by a new file, and add
 * its line here.
 */
test('a published version is never edited', () => {
  const pinned = JSON.parse(
    readFileSync(new URL('fingerprints.json', SCHEMA_FOLDER), 'utf8'),
  ) as Readonly<Record<string, string>>;
  const found = readSchemaHistory().flatMap((round, index) =>
    round.map(({ name, text }) => {
      const meaning = JSON.stringify(JSON.parse(text));
      const fingerprint = createHash('sha256').update(meaning).digest('hex').slice(0, 16);
      return [`${name} v${index + 1}`, fingerprint] as const;
    }),
  );
  expect(Object.fromEntries(found)).toEqual(pinned);
});
