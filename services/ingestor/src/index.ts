export { composeIngestor } from './compose.ts';
export { type IngestorConfig, ingestorConfig, settingsOf } from './config.ts';
export * from './crash-point.ts';
export { createGate, type GateSettings } from './gate.ts';
export { HTTP_DEFAULTS, type HttpOptions } from './http/http-variables.ts';
export { openApiText } from './http/open-api.ts';
export type { IngestorPorts, IngestorSettings, PreparedSerde } from './ingestor-ports.ts';
export { type RunningIngestor, startIngestor } from './start-ingestor.ts';
