import avro from 'avsc';
import { schemaIncompatible } from './registry-faults.ts';
import type { CompatibilityAnswer, SchemaRegistrar } from './schema-source.ts';

/**
 * A registry in memory, for the embedded stack and unit tests. Ids are numbered here from 1. It
 * judges compatibility by Avro's resolution in both directions; the real registry is the authority,
 * and the tests against it say so.
 */
export class MemorySchemaRegistry implements SchemaRegistrar {
  readonly #texts: string[] = [];
  readonly #idsBySubject = new Map<string, number[]>();

  async idOf(subject: string, text: string): Promise<number | null> {
    const wanted = normalised(text);
    const ids = this.#idsBySubject.get(subject) ?? [];
    return ids.find((id) => this.#texts[id - 1] === wanted) ?? null;
  }

  async schemaOf(id: number): Promise<string | null> {
    return this.#texts[id - 1] ?? null;
  }

  async register(subject: string, text: string): Promise<number> {
    const known = await this.idOf(subject, text);
    if (known !== null) return known;
    const { isCompatible, messages } = await this.compatibility(subject, text);
    if (!isCompatible) throw schemaIncompatible(messages.map((said) => `${subject}: ${said}`));
    const wanted = normalised(text);
    const at = this.#texts.indexOf(wanted);
    const id = at === -1 ? this.#texts.push(wanted) : at + 1;
    this.#idsBySubject.set(subject, [...(this.#idsBySubject.get(subject) ?? []), id]);
    return id;
  }

  async compatibility(subject: string, text: string): Promise<CompatibilityAnswer> {
    const next = typeOf(normalised(text));
    const messages = (this.#idsBySubject.get(subject) ?? []).flatMap((id) => {
      const earlier = typeOf(this.#texts[id - 1] ?? '');
      return [unreadable(next, earlier), unreadable(earlier, next)].filter((said) => said !== null);
    });
    return { isCompatible: messages.length === 0, messages };
  }
}

function normalised(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

function typeOf(text: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(text) as avro.Schema);
}

function unreadable(reader: avro.Type, writer: avro.Type): string | null {
  try {
    reader.createResolver(writer);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
