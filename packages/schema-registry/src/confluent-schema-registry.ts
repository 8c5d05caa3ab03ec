import { setTimeout as delay } from 'node:timers/promises';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { registryRefused, registryUnreachable } from './registry-faults.ts';
import type { CompatibilityAnswer, SchemaRegistrar } from './schema-source.ts';

export interface ConfluentSchemaRegistryOptions {
  /** Base address with its path: Apicurio's is `/apis/ccompat/v7`, Confluent's own has none. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

const REGISTER_TRIES = 6;
const REGISTER_DELAY_MS = 50;
const ANSWER_MS_MAX = 10_000;

/**
 * A registry that speaks the Confluent API. The client fetches and registers; two calls it lacks
 * are made here. Nothing is cached but schemas by id, which never change.
 */
export class ConfluentSchemaRegistry implements SchemaRegistrar {
  readonly #client: SchemaRegistry;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, auth }: ConfluentSchemaRegistryOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#client = new SchemaRegistry({
      host: this.#url,
      clientId: 'strata',
      ...(auth === undefined ? {} : { auth }),
    });
    this.#headers = {
      'content-type': 'application/vnd.schemaregistry.v1+json',
      ...(auth === undefined ? {} : { authorization: basic(auth) }),
    };
  }

  async idOf(subject: string, text: string): Promise<number | null> {
    try {
      return await this.#client.getRegistryIdBySchema(subject, {
        type: SchemaType.AVRO,
        schema: text,
      });
    } catch (error) {
      // The client turns a 404 alone into its own error; everything else keeps its status.
      if (error instanceof Error && error.name === 'ConfluentSchemaRegistryError') return null;
      throw faultOf(error, `a look-up of ${subject}`);
    }
  }

  async schemaOf(id: number): Promise<string | null> {
    const { status, body } = await this.#call('GET', `/schemas/ids/${id}`);
    if (status === 404) return null;
    if (status !== 200) throw registryRefused(`schema ${id}`, body);
    const { schema, schemaType = 'AVRO' } = JSON.parse(body) as {
      readonly schema: string;
      readonly schemaType?: string;
    };
    // A schema of another kind can be no writer of ours: to us there is none.
    return schemaType === 'AVRO' ? schema : null;
  }

  /**
   * The level is set before the first version, so that no version is ever unguarded; registries
   * take it for a subject that does not exist yet. Two deploy steps at once make Apicurio answer
   * 409 on that very rule: tried again.
   */
  async register(subject: string, text: string): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#guard(subject);
        const { id } = await this.#client.register(
          { type: SchemaType.AVRO, schema: text },
          { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
        );
        return id;
      } catch (error) {
        if (attempt >= REGISTER_TRIES || !isRace(error)) throw faultOf(error, subject);
        await delay(REGISTER_DELAY_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  async compatibility(subject: string, text: string): Promise<CompatibilityAnswer> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`;
    const { status, body } = await this.#call('POST', path, { schema: text });
    if (status === 404) return { isCompatible: true, messages: [] };
    if (status !== 200) throw registryRefused(`to compare ${subject}`, body);
    const answer = JSON.parse(body) as { is_compatible: boolean; messages?: readonly string[] };
    return { isCompatible: answer.is_compatible, messages: answer.messages ?? [] };
  }

  async #guard(subject: string): Promise<void> {
    const path = `/config/${encodeURIComponent(subject)}`;
    const { status, body } = await this.#call('PUT', path, { compatibility: 'FULL_TRANSITIVE' });
    if (status !== 200) throw new Error(body);
  }

  async #call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: string }> {
    try {
      const response = await fetch(this.#url + path, {
        method,
        headers: this.#headers,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.text() };
    } catch (error) {
      throw registryUnreachable(`${method} ${path}`, error);
    }
  }
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isRace(error: unknown): boolean {
  return /already exists|!= NONE/.test(messageOf(error));
}

/** The client reports a refused connection as status 400: only the words tell it apart. */
function faultOf(error: unknown, what: string): unknown {
  if (error instanceof Error && error.name === 'StrataError') return error;
  const isLost = /ECONN|ENOTFOUND|EAI_AGAIN|socket|timed? ?out/i.test(messageOf(error));
  return isLost ? registryUnreachable(what, error) : registryRefused(what, error);
}
