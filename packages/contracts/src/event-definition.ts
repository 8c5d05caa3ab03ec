import type { CustomerEvent, Instant } from '@strata/domain';
import type { ZodType } from 'zod';

/** The fields of every event, as the intake reads them. */
export interface IntakeBase {
  readonly source: string;
  readonly eventId: string;
  readonly customerId: string;
  readonly occurredAt: Instant;
  readonly channel?: string;
}

/** The fields of every event record in the customer log, as Avro gives them. */
export interface LogBase {
  readonly source: string;
  readonly eventId: string;
  readonly customerId: string;
  readonly occurredAt: number;
  readonly channel: string | null;
  readonly clockAt: number | null;
}

/** The fields of a type beside those of every event; of any type, any. */
export type OwnField<E extends CustomerEvent> = CustomerEvent extends E
  ? string
  : Exclude<keyof E & string, 'type' | keyof IntakeBase>;

/** What the log has of them. A linked id says there by itself whose it is. */
export type LogField<E extends CustomerEvent> = Exclude<OwnField<E>, 'linkedSource'>;

/** An example shows every field that a type can have. */
export type EventExample<E extends CustomerEvent> = {
  readonly source: string;
  readonly channel: string;
} & (CustomerEvent extends E
  ? Readonly<Record<string, unknown>>
  : { readonly [F in OwnField<E> & keyof E]-?: NonNullable<E[F]> });

/**
 * All that the contracts know of one event type: the one place to look and to change. The fields are those of the
 * domain's event, so a field that is added there does not compile until the contract, the example and the log have it.
 */
export interface EventDefinition<E extends CustomerEvent = CustomerEvent> {
  readonly type: E['type'];
  /** Full name of its record in the customer log. */
  readonly recordName: string;
  /** The fields beside those of every event: the allow-list, and what each may hold. */
  readonly shape: Readonly<Record<OwnField<E>, ZodType>>;
  /** In the JSON form of the intake, for the reference and for tests. */
  readonly example: EventExample<E>;
  /** Fills in what the contract fills in. `fields` has passed `shape`. */
  fromIntake(base: IntakeBase, fields: unknown): E;
  /** The fields beside those of every event, in Avro's form. */
  toLog(event: E): Readonly<Record<LogField<E>, unknown>>;
  fromLog(base: IntakeBase, body: unknown): E;
}

export function baseFromLog(body: LogBase): IntakeBase {
  const { source, eventId, customerId, occurredAt, channel } = body;
  if (channel === null) return { source, eventId, customerId, occurredAt };
  return { source, eventId, customerId, occurredAt, channel };
}
