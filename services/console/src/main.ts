import { runService } from '@strata/service-runtime';
import { compose } from './compose.ts';
import { consoleConfig } from './config.ts';

await runService({ schema: consoleConfig, compose, host: process });
