export * from './calibration-publication.ts';
export * from './clock-control.ts';
export * from './contract-fault.ts';
export * from './csv-line.ts';
export * from './dead-letter.ts';
export * from './dead-letter-reason.ts';
export * from './dead-letter-sentence.ts';
export * from './erasure-control.ts';
export { EVENT_DEFINITIONS } from './event-definitions.ts';
export * from './explanation-json.ts';
export { AMOUNT_MINOR_MAX, type InstantForm } from './fields.ts';
export * from './go-live-control.ts';
export { isGuestId } from './guest.ts';
export * from './identity.ts';
export * from './intake-event.ts';
export * from './intake-example.ts';
export { INTAKE_FIELD_NAMES, intakeFieldsOf } from './intake-fields.ts';
export * from './intake-json-schema.ts';
export * from './intake-wire.ts';
export * from './letter-subject.ts';
export * from './log-record-wire.ts';
export * from './merge-control.ts';
export {
  ATTRIBUTES_DEFAULT,
  type Dropped,
  FORBIDDEN_DEFAULT,
  type Minimisation,
  type MinimisationSettings,
  minimisation,
} from './minimisation.ts';
export * from './override-control.ts';
export * from './policy-book.ts';
export * from './policy-publication.ts';
export * from './policy-set.ts';
export * from './rates-publication.ts';
export * from './redrive-slip.ts';
export * from './retired.ts';
export { formatRfc3339, parseRfc3339 } from './rfc3339.ts';
export * from './shadow-publication.ts';
export {
  type JsonObject,
  parseSourceJson,
  parseStrictJson,
  RECORD_BYTES_MAX_DEFAULT,
  tellableName,
} from './strict-json.ts';
export * from './tier-change-event.ts';
export * from './tier-change-wire.ts';
export * from './tier-direction.ts';
export * from './tier-export.ts';
export * from './tier-snapshot.ts';
export * from './topics.ts';
export * from './trace-context.ts';
export * from './undelivered.ts';
export * from './wire-record.ts';
