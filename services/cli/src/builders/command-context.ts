import { Readable } from 'node:stream';
import type { Command, CommandContext } from '../command.ts';
import { type EmbeddedOptions, type EmbeddedStack, startEmbedded } from '../embedded.ts';

export type ContextChanges = Partial<CommandContext> & {
  /** What comes on stdin. */
  readonly input?: string;
};

/** What a command is given by tests, with no terminal and no stack but what is named; what it says is in `heard`. */
export function aContext({ input, ...changes }: ContextChanges = {}) {
  const heard = { stdout: '', stderr: '' };
  const context: CommandContext = {
    stdout: { write: (text) => void (heard.stdout += text) },
    stderr: { isTty: false, write: (text) => void (heard.stderr += text) },
    stdin: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
    env: {},
    cwd: process.cwd(),
    language: 'en',
    signal: new AbortController().signal,
    monotonicMs: () => 0,
    ...changes,
  };
  return { context, heard };
}

/** Runs one command, and answers what it said on stdout. */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  changes: ContextChanges = {},
): Promise<string> {
  const { context, heard } = aContext(changes);
  await command.execute(context, argv);
  return heard.stdout;
}

/** A stack in this process, in data time, to whose webhooks nobody subscribes; a fatal fault fails the test. */
export function anEmbeddedStack(changes: Partial<EmbeddedOptions> = {}): Promise<EmbeddedStack> {
  return startEmbedded({
    time: 'data',
    partitions: 2,
    subscriptions: null,
    onFatal: (error) => {
      throw error;
    },
    ...changes,
  });
}
