import { runService } from '@strata/service-runtime';
import { compose } from './compose.ts';
import { notifierConfig } from './config.ts';

await runService({ schema: notifierConfig, compose, host: process });
