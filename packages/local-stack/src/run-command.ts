import { spawn } from 'node:child_process';

const KEPT_LINES = 12;

/** How a command ended, with the last lines it wrote. */
export interface CommandEnd {
  readonly isOk: boolean;
  readonly lastLines: readonly string[];
}

/** Runs a command to its end, keeping the last lines of what it says. */
export function runCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const keep = (bytes: Buffer): void => {
      said = (said + bytes.toString('utf8')).split('\n').slice(-KEPT_LINES).join('\n');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (fault) => resolve({ isOk: false, lastLines: [fault.message] }));
    child.once('close', (code) => {
      resolve({ isOk: code === 0, lastLines: said.trim().split('\n') });
    });
  });
}
