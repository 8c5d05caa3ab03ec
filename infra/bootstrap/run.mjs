import { spawn } from 'node:child_process';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** This long after the first signal, what still runs is ended by force. */
const GRACE_MS = 40_000;
/** npm passes on what the terminal sends as well: the same Ctrl-C arrives twice, within this time. */
const ECHO_MS = 1_000;

/**
 * Runs a command to its end in a process group of its own. A signal reaches the group once, from
 * here: a terminal's Ctrl-C goes to our group, not to the child's. Resolves with the exit code.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', detached: true, ...options });
    let timer;
    let firstAtMs;
    const signalGroup = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch (fault) {
        if (fault.code !== 'ESRCH') throw fault;
      }
    };
    const forward = (signal) => {
      if (firstAtMs !== undefined) {
        if (performance.now() - firstAtMs > ECHO_MS) signalGroup('SIGKILL');
        return;
      }
      firstAtMs = performance.now();
      timer = setTimeout(() => signalGroup('SIGKILL'), GRACE_MS);
      signalGroup(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const settle = () => {
      for (const signal of FORWARDED) process.off(signal, forward);
      clearTimeout(timer);
      // What the command left in its group must not outlive it.
      if (child.pid !== undefined) signalGroup('SIGKILL');
    };
    child.once('error', (fault) => {
      settle();
      reject(fault);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Runs a command quietly and resolves with its exit code and all it said. */
export async function capture(command, args, options = {}) {
  const said = [];
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    child.stdout.on('data', (bytes) => said.push(bytes));
    child.stderr.on('data', (bytes) => said.push(bytes));
    child.once('error', reject);
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  return { code, text: Buffer.concat(said).toString('utf8') };
}
