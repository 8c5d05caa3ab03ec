import { join } from 'node:path';
import { say } from './language.mjs';
import { run } from './run.mjs';

const PROJECTS = ['unit', 'model', 'simulation', 'tidy', 'integration', 'e2e', 'chaos'];

/** Every project that needs no container engine, in one run. */
export function runTests(root, env, args) {
  say(
    'Skipping the containers project, which needs a Docker engine: npm run test:containers runs it, .ci/run with an engine of its own.',
    '跳过需要 Docker 引擎的 containers 项目:可用 npm run test:containers 运行,.ci/run 会自带引擎运行。',
  );
  return runVitest(root, env, [...PROJECTS.flatMap((name) => ['--project', name]), ...args]);
}

/** The simulator from the command line, for more seeds or one again. */
export function simulate(root, env, args) {
  const script = join(root, 'test', 'simulation', 'simulate.ts');
  return run('node', [script, ...args], { cwd: root, env });
}

/** Java's second compiler pays back after minutes; no broker of a test lives so long. */
const JAVA_TOOL_OPTIONS = '-XX:TieredStopAtLevel=1';

/** vitest with the arguments as they are. */
export function runVitest(root, env, args) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  return run('node', [vitest, 'run', ...args], { cwd: root, env: { JAVA_TOOL_OPTIONS, ...env } });
}
