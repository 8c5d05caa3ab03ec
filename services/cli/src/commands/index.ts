import type { Command } from '../command.ts';
import { apiKeyAddCommand, apiKeyListCommand, apiKeyRemoveCommand } from './api-key.ts';
import { backtestCommand } from './backtest.ts';
import { benchCommand } from './bench.ts';
import { deadLettersListCommand } from './dead-letters-list.ts';
import { deadLettersRedriveCommand } from './dead-letters-redrive.ts';
import { deadLettersShowCommand } from './dead-letters-show.ts';
import { demoCommand } from './demo.ts';
import { downCommand } from './down.ts';
import { eraseCommand } from './erase.ts';
import { exportTiersCommand } from './export-tiers.ts';
import { importCommand } from './import.ts';
import { intakeKeyAddCommand, intakeKeyListCommand, intakeKeyRemoveCommand } from './intake-key.ts';
import { linkCommand } from './link.ts';
import { mapCheckCommand } from './map-check.ts';
import { mergeCommand } from './merge.ts';
import { overrideCommand } from './override.ts';
import { policyCheckCommand } from './policy-check.ts';
import { policyPublishCommand } from './policy-publish.ts';
import { profilesCommand } from './profiles.ts';
import { ratesPublishCommand } from './rates-publish.ts';
import { rebuildCommand } from './rebuild.ts';
import { sampleCommand } from './sample.ts';
import { statusCommand } from './status.ts';
import { upCommand } from './up.ts';
import { verifyCommand } from './verify.ts';
import { whyCommand } from './why.ts';

/** The dispatch table: every command of `./strata`, in the order of its help. */
export const COMMANDS: readonly Command[] = [
  demoCommand,
  upCommand,
  downCommand,
  statusCommand,
  importCommand,
  intakeKeyAddCommand,
  intakeKeyListCommand,
  intakeKeyRemoveCommand,
  apiKeyAddCommand,
  apiKeyListCommand,
  apiKeyRemoveCommand,
  mapCheckCommand,
  sampleCommand,
  backtestCommand,
  profilesCommand,
  exportTiersCommand,
  whyCommand,
  overrideCommand,
  mergeCommand,
  linkCommand,
  eraseCommand,
  policyCheckCommand,
  policyPublishCommand,
  ratesPublishCommand,
  deadLettersListCommand,
  deadLettersShowCommand,
  deadLettersRedriveCommand,
  verifyCommand,
  rebuildCommand,
  benchCommand,
];
