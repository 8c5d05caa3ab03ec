import { getContainerRuntimeClient } from 'testcontainers';
import { test } from 'vitest';

const REMEDY =
  'No Docker engine answers. Start Docker, or where there is none: ' +
  'infra/docker/engine.sh start && infra/docker/build-images.sh, ' +
  'then `. infra/docker/environment.sh` and npm run test:containers.';

/** Defines a suite where an engine answers; without one it fails in CI and is skipped elsewhere. */
export async function withEngine(name: string, define: () => void): Promise<void> {
  if (await engineAnswers()) define();
  else if (process.env['CI'] === 'true') {
    test(name, () => {
      throw new Error(REMEDY);
    });
  } else test.skip(`${name}: ${REMEDY}`);
}

async function engineAnswers(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}
