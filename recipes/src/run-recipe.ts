import { ClientFault, WebhookReader } from '@strata/client';
import { FileSeenStore } from './file-seen-store.ts';
import { startReceiver } from './receive-webhooks.ts';
import { type Environment, portOf, SettingFault, textOf } from './settings.ts';
import type { TierWriter } from './tier-writer.ts';

const WRONG_USE = 2;

/** Starts a recipe with the settings that all share; a setting that is wrong is told in one sentence. */
export function runRecipe(writerFrom: (env: Environment) => TierWriter): void {
  const { env } = process;
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    const writer = writerFrom(env);
    const port = portOf(env);
    const reader = new WebhookReader({ secrets: textOf(env, 'WEBHOOK_SECRETS').split(' ') });
    const seen = new FileSeenStore(env['SEEN_FILE'] ?? 'seen.sqlite');
    startReceiver({ reader, seen, writer, note }, port);
  } catch (fault) {
    if (!(fault instanceof SettingFault || fault instanceof ClientFault)) throw fault;
    note(fault.message);
    process.exitCode = WRONG_USE;
  }
}
