import type { ExitCode } from './cli-fault.ts';
import type { Command, CommandContext } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { runCommandLine } from './run-command-line.ts';

/** Runs one command line. Every end is an exit code; what a person should know was written to the context's sinks. */
export function runCli(
  argv: readonly string[],
  context: CommandContext,
  commands: readonly Command[] = COMMANDS,
): Promise<ExitCode> {
  return runCommandLine(argv, context, commands);
}
