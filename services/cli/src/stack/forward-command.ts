import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { CliFault, type ExitCode } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import {
  COMMAND_HEADER,
  COMMAND_PATH,
  type CommandLine,
  type CommandOutput,
  STOP_PATH,
} from './command-server.ts';
import { type EmbeddedRecord, readEmbeddedRecord } from './embedded-record.ts';
import { stackDir } from './stack-paths.ts';
import { stackTexts } from './stack-texts.ts';

/** Lets the process that holds the stack in its memory run the command; null where none such is up. */
export async function forwardCommand(
  argv: readonly string[],
  context: CommandContext,
): Promise<ExitCode | null> {
  const address = addressOf(context.env);
  // A process that was killed has left its record behind, and another kind of stack may be up since.
  if (address === null || !(await isEmbeddedUp(context.env))) return null;
  const { cwd, language, stderr, stdin, signal } = context;
  const line: CommandLine = { argv: [...argv], cwd, language, isTty: stderr.isTty };
  const header = Buffer.from(JSON.stringify(line)).toString('base64');
  const notUp = (cause: unknown): CliFault =>
    new CliFault('STRATA_CLI_NO_STACK', stackTexts(language).notUp, cause);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(`${address.commandUrl}${COMMAND_PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${address.token}`, [COMMAND_HEADER]: header },
      signal,
    });
    outgoing.once('error', (cause) => reject(signal.aborted ? cause : notUp(cause)));
    outgoing.once('response', resolve);
    // Whoever waits for standard input that no command reads waits for ever.
    if (argv.includes('-')) stdin.pipe(outgoing);
    else outgoing.end();
  });
  if (response.statusCode !== 200) {
    response.resume();
    throw notUp(`HTTP ${response.statusCode}`);
  }
  return relay(response, context);
}

async function relay(response: IncomingMessage, context: CommandContext): Promise<ExitCode> {
  for await (const text of createInterface({ input: response })) {
    const output = JSON.parse(text) as CommandOutput;
    if ('stdout' in output) context.stdout.write(output.stdout);
    else if ('stderr' in output) context.stderr.write(output.stderr);
    else return output.exit;
  }
  context.signal.throwIfAborted();
  throw new CliFault('STRATA_CLI_STACK_GONE', stackTexts(context.language).gone);
}

/** Ends a stack that lives in one process; whether there was one to end. */
export async function stopEmbedded(env: CommandContext['env']): Promise<boolean> {
  const address = addressOf(env);
  if (address === null) return false;
  try {
    const headers = { authorization: `Bearer ${address.token}` };
    const answer = await fetch(`${address.commandUrl}${STOP_PATH}`, { method: 'POST', headers });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Whether such a stack answers, without asking anything of it. */
export async function isEmbeddedUp(env: CommandContext['env']): Promise<boolean> {
  const address = addressOf(env);
  if (address === null) return false;
  try {
    // Anything else than an answer to a POST: the token alone is what is looked at.
    const headers = { authorization: `Bearer ${address.token}` };
    return (await fetch(address.commandUrl, { headers })).status === 405;
  } catch {
    return false;
  }
}

function addressOf(env: CommandContext['env']): EmbeddedRecord | null {
  return readEmbeddedRecord(stackDir(env));
}
