import { runService } from '@strata/service-runtime';
import { composeScorer } from './compose.ts';
import { scorerConfig } from './config.ts';

await runService({ schema: scorerConfig, compose: composeScorer, host: process });
