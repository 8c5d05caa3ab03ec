import { runService } from '@strata/service-runtime';
import { composeIngestor } from './compose.ts';
import { ingestorConfig } from './config.ts';

await runService({ schema: ingestorConfig, compose: composeIngestor, host: process });
