import { runCli } from './cli.ts';
import { EXIT_CODES } from './cli-fault.ts';
import { languageOf } from './language.ts';

const abort = new AbortController();
// The first Ctrl-C lets the command clean up; the second ends at once.
process.on('SIGINT', () => {
  if (abort.signal.aborted) process.exit(EXIT_CODES.failure);
  abort.abort();
});
process.on('SIGTERM', () => abort.abort());
// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code === 'EPIPE') process.exit(EXIT_CODES.success);
  throw fault;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: {
    isTty: process.stdout.isTTY === true,
    write: (text) => process.stdout.write(text),
  },
  stderr: {
    isTty: process.stderr.isTTY === true,
    write: (text) => process.stderr.write(text),
  },
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  language: languageOf(process.env),
  signal: abort.signal,
  monotonicMs: () => performance.now(),
});
