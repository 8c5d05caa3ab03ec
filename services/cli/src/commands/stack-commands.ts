import type { Command } from '../command.ts';
import { calibrateCommand } from './calibrate.ts';
import { deadLettersListCommand } from './dead-letters-list.ts';
import { deadLettersRedriveCommand } from './dead-letters-redrive.ts';
import { deadLettersShowCommand } from './dead-letters-show.ts';
import { eraseCommand } from './erase.ts';
import { exportTiersCommand } from './export-tiers.ts';
import { goLiveCommand } from './go-live.ts';
import { importCommand } from './import.ts';
import { linkCommand } from './link.ts';
import { mergeCommand } from './merge.ts';
import { overrideCommand } from './override.ts';
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
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';
import { whyCommand } from './why.ts';

/** The commands that work on a stack that is up; where that is a process of its own, it runs them itself. */
export const STACK_COMMANDS: readonly Command[] = [
  statusCommand,
  importCommand,
  goLiveCommand,
  profilesCommand,
  exportTiersCommand,
  whyCommand,
  overrideCommand,
  mergeCommand,
  linkCommand,
  eraseCommand,
  policyDiffCommand,
  policyPublishCommand,
  policyListCommand,
  policyShowCommand,
  policyRollbackCommand,
  policyShadowCommand,
  policyPromoteCommand,
  calibrateCommand,
  ratesPublishCommand,
  deadLettersListCommand,
  deadLettersShowCommand,
  deadLettersRedriveCommand,
  verifyCommand,
  rebuildCommand,
];
