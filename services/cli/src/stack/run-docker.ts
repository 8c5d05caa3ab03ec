import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import { dockerTexts } from './docker-texts.ts';
import { ROOT } from './stack-paths.ts';

export interface DockerRun {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the docker command, not the containers it has started. */
  readonly signal?: AbortSignal | undefined;
}

export interface DockerResult {
  /** Null where docker could not be run at all. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `docker` with these arguments and waits for its end; a failure is a result. */
export async function runDocker(
  args: readonly string[],
  { env, signal }: DockerRun,
): Promise<DockerResult> {
  signal?.throwIfAborted();
  const child = spawn('docker', args, {
    cwd: ROOT,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Out of the terminal's group: Ctrl-C is for the command, which ends this one and then cleans up.
    detached: true,
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code ?? 1));
  });
  try {
    const [exitCode, stdout, stderr] = await Promise.all([
      ended,
      text(child.stdout).catch(() => ''),
      text(child.stderr).catch(() => ''),
    ]);
    signal?.throwIfAborted();
    return { exitCode, stdout, stderr };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Throws with the remedy where docker, its Compose plugin or the engine cannot be had. */
export async function requireDocker(run: DockerRun, language: Language): Promise<void> {
  const texts = dockerTexts(language);
  const compose = await runDocker(['compose', 'version'], run);
  if (compose.exitCode === null) throw new CliFault('STRATA_CLI_NO_DOCKER', texts.noDocker);
  if (compose.exitCode !== 0) throw new CliFault('STRATA_CLI_NO_DOCKER', texts.noCompose);
  const engine = await runDocker(['version', '--format', '{{.Server.Version}}'], run);
  if (engine.exitCode !== 0) {
    const said = engine.stderr.trim().split('\n').at(-1) ?? '';
    throw new CliFault('STRATA_CLI_NO_DOCKER', texts.noEngine(said));
  }
}
