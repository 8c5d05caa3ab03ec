import { once } from 'node:events';
import { prerequisites } from '@strata/local-stack';
import { EXIT_CODES, type ExitCode } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { STACK_COMMANDS } from '../commands/stack-commands.ts';
import type { EmbeddedOptions, EmbeddedStack } from '../embedded.ts';
import { runCommandLine } from '../run-command-line.ts';
import { apiKeyFiles, ensureApiKeys } from './api-keys.ts';
import { type CommandServer, startCommandServer } from './command-server.ts';
import { removeEmbeddedRecord, writeEmbeddedRecord } from './embedded-record.ts';
import { ensureIntakeKeys } from './intake-keys.ts';
import type { StackHandle } from './stack-handle.ts';
import { stackDir } from './stack-paths.ts';
import { stackTexts } from './stack-texts.ts';

export interface UpEmbeddedOptions
  extends Omit<EmbeddedOptions, 'onFatal' | 'intakeKeys' | 'apiKeys'> {
  /** What has to happen before the stack is said to be up; its lines are printed. */
  readonly prepare: (stack: StackHandle) => Promise<readonly string[]>;
}

/** The services in this process, in the foreground, until Ctrl-C or `./strata down`. */
export async function upEmbedded(
  context: CommandContext,
  options: UpEmbeddedOptions,
): Promise<ExitCode> {
  const { stdout, language, env, signal } = context;
  const texts = stackTexts(language);
  stdout.write(`${[texts.embedded, ...missingLines(context)].join('\n')}\n`);
  const end = new AbortController();
  const faults: unknown[] = [];
  // Loaded only here: the four services together take longer to load than most commands to run.
  const { startEmbedded } = await import('../embedded.ts');
  const dataDir = stackDir(env);
  const { keysFile, ownKeyFile } = ensureIntakeKeys(dataDir);
  const embedded = await startEmbedded({
    ...options,
    intakeKeys: keysFile,
    apiKeys: ensureApiKeys(dataDir).keysFile,
    onFatal: (fault) => {
      faults.push(fault);
      end.abort();
    },
  });
  const server = await serveCommands(context, embedded, () => end.abort());
  try {
    const { url: commandUrl, token } = server;
    const { consoleUrl, intakeUrl } = embedded;
    writeEmbeddedRecord(dataDir, { commandUrl, token, consoleUrl, intakeUrl });
    const lines = await options.prepare(embedded.stack);
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
    stdout.write(`${texts.consoleAt(consoleUrl)}\n`);
    const api = texts.apiAt(`${consoleUrl}/`, apiKeyFiles(dataDir).ownKeyFile);
    stdout.write(`${api}\n`);
    if (intakeUrl !== null) stdout.write(`${texts.intakeAt(intakeUrl, ownKeyFile)}\n`);
    stdout.write(`${texts.foreground}\n`);
    const anyEnd = AbortSignal.any([signal, end.signal]);
    if (!anyEnd.aborted) await once(anyEnd, 'abort');
  } finally {
    removeEmbeddedRecord(dataDir);
    await server.close();
    await embedded.stop();
  }
  for (const fault of faults) throw fault;
  return EXIT_CODES.success;
}

function serveCommands(
  context: CommandContext,
  { stack }: EmbeddedStack,
  onStop: () => void,
): Promise<CommandServer> {
  return startCommandServer({
    onStop,
    run: ({ argv, cwd, language }, streams) =>
      runCommandLine(argv, { ...context, ...streams, cwd, language, stack }, STACK_COMMANDS),
  });
}

/** What a real stack would need that this machine does not have. */
function missingLines({ env, language }: CommandContext): readonly string[] {
  const missing = Object.values(prerequisites(env)).flatMap((found) =>
    found.state === 'missing' ? [found.how[language]] : [],
  );
  return missing.length === 0 ? [] : [stackTexts(language).realNeeds(missing.join(' '))];
}
