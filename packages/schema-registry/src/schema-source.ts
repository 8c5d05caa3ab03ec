/** Where schemas are looked up. The registry and its stand-in in memory answer alike. */
export interface SchemaSource {
  /** The id under which this very schema is registered for the subject, null where it is not. */
  idOf(subject: string, text: string): Promise<number | null>;
  /** The schema with this id, null where there is none. */
  schemaOf(id: number): Promise<string | null>;
}

export interface CompatibilityAnswer {
  readonly isCompatible: boolean;
  /** The registry's own words for what is wrong. */
  readonly messages: readonly string[];
}

/** The writing side, for the deploy step alone: a service never registers. */
export interface SchemaRegistrar extends SchemaSource {
  /**
   * Registers with FULL_TRANSITIVE; an equal schema keeps its id. Refuses what is not compatible.
   */
  register(subject: string, text: string): Promise<number>;
  /** Asks against every version of the subject, without registering. */
  compatibility(subject: string, text: string): Promise<CompatibilityAnswer>;
}
