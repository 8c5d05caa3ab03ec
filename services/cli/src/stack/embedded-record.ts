import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const recordSchema = z.object({
  format: z.literal(1),
  /** Where the process that holds the stack takes command lines. */
  commandUrl: z.string(),
  /** What a command has to show there: whoever cannot read this file may not use the stack. */
  token: z.string(),
  consoleUrl: z.string(),
  intakeUrl: z.string().nullable().default(null),
});

/** A stack in one process, as other terminals find it. It lies beside the record of a local stack and not in its place. */
export type EmbeddedRecord = z.infer<typeof recordSchema>;

const FILE = 'embedded.json';

export function writeEmbeddedRecord(dataDir: string, record: Omit<EmbeddedRecord, 'format'>): void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, FILE);
  const draft = `${path}.${process.pid}`;
  const text = `${JSON.stringify({ format: 1, ...record }, null, 2)}\n`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

/** Null where none was started, or what is there cannot be read. */
export function readEmbeddedRecord(dataDir: string): EmbeddedRecord | null {
  try {
    const text = readFileSync(join(dataDir, FILE), 'utf8');
    return recordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export function removeEmbeddedRecord(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}
