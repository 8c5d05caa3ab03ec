import type { Command } from '../command.ts';
import { apiKeyAddCommand, apiKeyListCommand, apiKeyRemoveCommand } from './api-key.ts';
import { backtestCommand } from './backtest.ts';
import { benchCommand } from './bench.ts';
import { calibrateCommand } from './calibrate.ts';
import { conformanceCommand } from './conformance.ts';
import { deadLettersListCommand } from './dead-letters-list.ts';
import { deadLettersRedriveCommand } from './dead-letters-redrive.ts';
import { deadLettersShowCommand } from './dead-letters-show.ts';
import { demoCommand } from './demo.ts';
import { downCommand } from './down.ts';
import { eraseCommand } from './erase.ts';
import { exportTiersCommand } from './export-tiers.ts';
import { goLiveCommand } from './go-live.ts';
import { importCommand } from './import.ts';
import { intakeKeyAddCommand, intakeKeyListCommand, intakeKeyRemoveCommand } from './intake-key.ts';
import { linkCommand } from './link.ts';
import { mapCheckCommand } from './map-check.ts';
import { mergeCommand } from './merge.ts';
import { overrideCommand } from './override.ts';
import { policyCheckCommand } from './policy-check.ts';
import { policyDiffCommand } from './policy-diff.ts';
import { policyListCommand } from './policy-list.ts';
import { policyPromoteCommand } from './policy-promote.ts';
import { policyPublishCommand } from './policy-publish.ts';
import { policyRollbackCommand } from './policy-rollback.ts';
import { policyShadowCommand } from './policy-shadow.ts';
import { policyShowCommand } from './policy-show.ts';
import { profilesCommand } from './profiles.ts';
import { ratesPublishCommand } from './rates-publish.ts';
import { rebuildCommand } from './rebuild.ts';
import { replayCommand } from './replay.ts';
import { sampleCommand } from './sample.ts';
import { statusCommand } from './status.ts';
import { subscriptionAddCommand } from './subscription-add.ts';
import { subscriptionChangeCommand } from './subscription-change.ts';
import { subscriptionHistoryCommand } from './subscription-history.ts';
import { subscriptionListCommand } from './subscription-list.ts';
import { subscriptionRotateSecretCommand } from './subscription-rotate-secret.ts';
import { subscriptionShowCommand } from './subscription-show.ts';
import {
  subscriptionEnableCommand,
  subscriptionPauseCommand,
  subscriptionRemoveCommand,
  subscriptionResumeCommand,
} from './subscription-standing.ts';
import { subscriptionTestCommand } from './subscription-test.ts';
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
  goLiveCommand,
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
  policyDiffCommand,
  policyPublishCommand,
  policyListCommand,
  policyShowCommand,
  policyRollbackCommand,
  policyShadowCommand,
  policyPromoteCommand,
  calibrateCommand,
  ratesPublishCommand,
  subscriptionAddCommand,
  subscriptionListCommand,
  subscriptionShowCommand,
  subscriptionChangeCommand,
  subscriptionPauseCommand,
  subscriptionResumeCommand,
  subscriptionRotateSecretCommand,
  subscriptionEnableCommand,
  subscriptionRemoveCommand,
  subscriptionTestCommand,
  subscriptionHistoryCommand,
  replayCommand,
  conformanceCommand,
  deadLettersListCommand,
  deadLettersShowCommand,
  deadLettersRedriveCommand,
  verifyCommand,
  rebuildCommand,
  benchCommand,
];
