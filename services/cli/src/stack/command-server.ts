import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LANGUAGES } from '@strata/contracts';
import { z } from 'zod';
import type { ExitCode } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';

/** Carries the command line; the body is the command's standard input. */
export const COMMAND_HEADER = 'x-strata-command';
export const COMMAND_PATH = '/v1/commands';
export const STOP_PATH = '/v1/stop';

const lineSchema = z.object({
  argv: z.array(z.string()),
  cwd: z.string(),
  language: z.enum(LANGUAGES),
  isTty: z.boolean(),
});
export type CommandLine = z.infer<typeof lineSchema>;

/** The answer is one of these to a line, as they come, and `exit` last. */
export type CommandOutput =
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly exit: ExitCode };

export type RunCommand = (
  line: CommandLine,
  streams: Pick<CommandContext, 'stdin' | 'stdout' | 'stderr' | 'signal'>,
) => Promise<ExitCode>;

export interface CommandServer {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Runs command lines of other terminals in this process, on the stack that lives in it. It listens on loopback alone
 * and takes nothing without the token, which only who can read the stack's record knows.
 */
export async function startCommandServer(options: {
  readonly run: RunCommand;
  readonly onStop: () => void;
}): Promise<CommandServer> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    if (!isAllowed(request, token)) return answer(response, 401);
    if (request.method !== 'POST') return answer(response, 405);
    if (request.url === STOP_PATH) {
      answer(response, 204);
      options.onStop();
      return;
    }
    const line = request.url === COMMAND_PATH ? commandLineOf(request) : null;
    if (line === null) return answer(response, 400);
    void runFor({ request, response }, line, options.run);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function runFor(
  { request, response }: Exchange,
  line: CommandLine,
  run: RunCommand,
): Promise<void> {
  const abort = new AbortController();
  // Who asked has gone: the command cleans up and ends, as by Ctrl-C.
  response.on('close', () => {
    if (!response.writableFinished) abort.abort();
  });
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const write = (output: CommandOutput): void => {
    response.write(`${JSON.stringify(output)}\n`);
  };
  const exit = await run(line, {
    stdin: request,
    stdout: { write: (stdout) => write({ stdout }) },
    stderr: { isTty: line.isTty, write: (stderr) => write({ stderr }) },
    signal: abort.signal,
  });
  write({ exit });
  response.end();
}

/** Hashes have one length, so that the comparison tells nothing of the token, nor how long it is. */
function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(headers.authorization ?? ''), hash(`Bearer ${token}`));
}

function commandLineOf({ headers }: IncomingMessage): CommandLine | null {
  try {
    const text = Buffer.from(String(headers[COMMAND_HEADER]), 'base64').toString('utf8');
    return lineSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
