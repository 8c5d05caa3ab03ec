import { type DeadLetter, type OriginalRecord, TOPICS } from '@strata/contracts';
import { SerdeFault } from '@strata/pipeline';
import { isFramed } from '@strata/schema-registry';
import type { Language } from '../language.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { letterTexts } from './texts.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The original for a person to read: text where it is text, base64 where it is not, Avro also as what it says. */
export async function originalJson(
  stack: Pick<StackHandle, 'serdes'>,
  { topic }: DeadLetter,
  { key, value, headers }: OriginalRecord,
): Promise<Record<string, unknown>> {
  return {
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, bytes]) => [name, readable(bytes)]),
    ),
    key: readable(key),
    value: readable(value),
    decoded: await decoded(stack, topic, value),
  };
}

export function originalText(original: Record<string, unknown>, language: Language): string {
  const { original: titles } = letterTexts(language);
  const lines = Object.entries(titles).flatMap(([name, title]) => {
    const value = original[name];
    if (name === 'decoded' && value === null) return [];
    return [`${title}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
  return `${lines.join('\n')}\n`;
}

function readable(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  try {
    const text = UTF8.decode(bytes);
    // Bytes that happen to be text are none where they would move the cursor of a terminal.
    if (!/[^\P{Cc}\t\n]/u.test(text)) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return `base64:${Buffer.from(bytes).toString('base64')}`;
}

async function decoded(
  { serdes }: Pick<StackHandle, 'serdes'>,
  topic: string,
  value: Uint8Array | null,
): Promise<unknown> {
  if (value === null || !isFramed(value)) return null;
  // All intake topics share one record; a mapped topic has none.
  const serde = serdes.of(topic === TOPICS.customerLog ? topic : TOPICS.events);
  await serde.prepare([value]);
  try {
    const { name, body } = serde.decode(value);
    return { record: name, ...(body as object) };
  } catch (error) {
    if (error instanceof SerdeFault) return null;
    throw error;
  }
}
