import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { env, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../../../infra/prometheus', import.meta.url));

const isMissing = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status !== 0;
if (isMissing && !env['CI']) {
  stderr.write(
    'The alarms are not tried: promtool is not installed (apt-get install prometheus).\n',
  );
}
// In CI a missing promtool is a failure, told by its start below.
const wanted = test.skipIf(isMissing && !env['CI']);

function promtool(...args: string[]): { status: number | null; said: string } {
  const {
    status,
    stdout,
    stderr: faults,
    error,
  } = spawnSync('promtool', args, {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, said: error === undefined ? `${stdout}${faults}` : String(error) };
}

wanted('Prometheus takes the configuration and every rule', () => {
  const { status, said } = promtool('check', 'config', 'prometheus.yml');
  expect(said).toContain('SUCCESS: 2 rule files found');
  expect(status, said).toBe(0);
});

wanted.each(readdirSync(join(folder, 'tests')))(
  'each alarm comes when it should and is silent when not: %s',
  { timeout: 300_000 },
  (file) => {
    const { status, said } = promtool('test', 'rules', join('tests', file));
    expect(status, said).toBe(0);
  },
);
