/**
 * The first command on a new machine: it needs Node 20 or later and npm, and nothing else. It gets
 * Node 24, pnpm and the packages into the checkout, then runs what was asked for under them.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, fix, generate } from './bootstrap/check.mjs';
import { BootstrapFault, say } from './bootstrap/language.mjs';
import { run } from './bootstrap/run.mjs';
import { runTests, runVitest, simulate } from './bootstrap/tests.mjs';
import { prepareToolChain } from './bootstrap/tool-chain.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const COMMANDS = {
  demo: (env, args) =>
    run('node', [join(root, 'services/cli/src/main.ts'), 'demo', ...args], { env }),
  chaos: (env, args) => run('node', [join(root, 'test/chaos/run/run-chaos.ts'), ...args], { env }),
  'game-day': (env, args) =>
    run('node', [join(root, 'test/chaos/run/run-game-day.ts'), ...args], { env }),
  proof: (env, args) => run('node', [join(root, 'test/chaos/run/run-proof.ts'), ...args], { env }),
  test: (env, args) => runTests(root, env, args),
  check: (env, args) => check(root, env, args),
  fix: (env) => fix(root, env),
  generate: (env) => generate(root, env),
  simulate: (env, args) => simulate(root, env, args),
  vitest: (env, args) => runVitest(root, env, args),
  run: (env, args) => run(args[0] ?? 'node', args.slice(1), { env }),
  prepare: () => 0,
};

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const names = Object.keys(COMMANDS).join('|');
    say(
      `"${name}" is no command of the bootstrap. Use: node infra/bootstrap.mjs ${names}`,
      `"${name}" 不是有效命令。用法:node infra/bootstrap.mjs ${names}`,
    );
    return 2;
  }
  // `run pnpm install` is the remedy for a lock file that does not fit, so it must not need one.
  const isPnpm = name === 'run' && args[0] === 'pnpm';
  const { env } = await prepareToolChain(root, { hasPackages: !isPnpm });
  return command(env, args);
}

try {
  process.exitCode = await main();
} catch (fault) {
  if (!(fault instanceof BootstrapFault)) throw fault;
  process.stderr.write(`${fault.message}\n`);
  process.exitCode = 1;
}
