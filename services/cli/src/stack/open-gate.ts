import { type DeadLetterReason, INTAKE_TOPICS } from '@strata/contracts';
import type { LogRecord, MarkerOf } from '@strata/domain';
import {
  createGate,
  type GateSettings,
  type IngestorConfig,
  ingestorConfig,
  settingsOf,
} from '@strata/ingestor';
import type { OutgoingRecord } from '@strata/pipeline';
import { type Environment, readConfig } from '@strata/service-runtime';
import type { StackSerdes } from './stack-serdes.ts';

/** What the gate of the intake says of a record that is about to be sent. */
export type GateTrial =
  | { readonly kind: 'passed'; readonly records: readonly TriedRecord[] }
  | {
      readonly kind: 'refused';
      readonly reason: DeadLetterReason;
      readonly field: string | null;
    };

/** What would be appended to the customer log. */
export interface TriedRecord {
  readonly partition: number;
  readonly record: LogRecord;
}

export type TryGate = (records: readonly OutgoingRecord[]) => Promise<readonly GateTrial[]>;

/** Mapped topics hold JSON, of which no registry knows. */
const INTAKE: ReadonlySet<string> = new Set(INTAKE_TOPICS);

interface GateStack {
  readonly serdes: StackSerdes;
  readonly markerOf: MarkerOf;
  readonly partitions: number;
}

/** The steps of the ingestor itself, with nothing sent. */
export function openGate(stack: GateStack, settings: () => GateSettings): TryGate {
  const { serdes, markerOf, partitions } = stack;
  return async (records) => {
    const gate = createGate({ serde: serdes.of, markerOf, settings: settings(), partitions });
    const arrived = records.map((record) => ({ ...record, offset: 0, appendedAt: Date.now() }));
    await serdes.prepare(arrived.filter(({ topic }) => INTAKE.has(topic)));
    return arrived.map((record) => {
      const { outcome } = gate(record, () => {});
      if (outcome.kind === 'passed') return { kind: 'passed', records: outcome.routes };
      if (outcome.kind === 'skipped') return { kind: 'passed', records: [] };
      const { reason, field } = outcome;
      return { kind: 'refused', reason, field };
    });
  };
}

/** The gate's settings where the services run elsewhere: as the environment of the command gives them. */
export function gateSettingsIn(env: Environment, stack: Environment): GateSettings {
  const known = Object.keys(ingestorConfig.object.shape);
  const own = Object.entries({ ...env, ...stack }).filter(([name]) => known.includes(name));
  const config: IngestorConfig = readConfig(ingestorConfig, Object.fromEntries(own));
  return settingsOf(config);
}
