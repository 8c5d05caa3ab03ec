import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './language.mjs';
import { run } from './run.mjs';

const PURE_PACKAGES = ['packages/domain', 'packages/pipeline'];

/** The commit gate, cheapest first; each stage names what puts it right. */
const STAGES = [
  {
    name: 'format',
    command: ['biome', 'check', '--error-on-warnings'],
    fix: { en: 'npm run fix', zh: 'npm run fix' },
  },
  {
    name: 'lint',
    command: ['oxlint', '--type-aware', '--deny-warnings'],
    fix: {
      en: 'npm run fix, then by hand what it names',
      zh: 'npm run fix,其余按提示手工修改',
    },
  },
  {
    name: 'types',
    command: ['tsc', '-p', '.'],
    fix: { en: 'correct the types it names', zh: '按提示修正类型' },
  },
  ...PURE_PACKAGES.map((folder) => ({
    name: `types of ${folder}, without Node`,
    command: ['tsc', '-p', folder],
    fix: {
      en: 'keep clocks, I/O and Node out of this package',
      zh: '该包内不得使用时钟、I/O 和 Node 接口',
    },
  })),
  {
    name: 'unused code and dependencies',
    command: ['knip'],
    fix: {
      en: 'remove what nothing uses, or declare what is used',
      zh: '删除未使用的内容,或声明实际使用的依赖',
    },
  },
  {
    name: 'unit and tidy tests',
    command: ['vitest', 'run', '--project', 'unit', '--project', 'tidy', '--reporter', 'dot'],
    fix: { en: 'correct the code or the test it names', zh: '按提示修正代码或测试' },
  },
];

/** Runs the stages in order and stops at the first that fails; with `--static` all but the tests, where these ran before. */
export async function check(root, env, args = []) {
  const stages = args.includes('--static') ? STAGES.slice(0, -1) : STAGES;
  for (const { name, command, fix } of stages) {
    const [tool, ...args] = command;
    const startedMs = performance.now();
    const code = await run(join(root, 'node_modules', '.bin', tool), args, { cwd: root, env });
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    if (code !== 0) {
      say(
        `✗ ${name} (${seconds} s). To put it right: ${fix.en}.`,
        `✗ ${name}(${seconds} 秒)。处理方法:${fix.zh}。`,
      );
      return code;
    }
    say(`✓ ${name} (${seconds} s)`, `✓ ${name}(${seconds} 秒)`);
  }
  return 0;
}

/** Formats, sorts imports and applies the lint's own fixes. */
export async function fix(root, env) {
  const bin = (tool) => join(root, 'node_modules', '.bin', tool);
  const formatted = await run(bin('biome'), ['check', '--write'], { cwd: root, env });
  const linted = await run(bin('oxlint'), ['--type-aware', '--fix'], { cwd: root, env });
  return formatted || linted;
}

/** Writes the pages of docs/reference anew. */
export function generate(root, env) {
  const script = join(root, 'infra', 'scripts', 'generate-reference.ts');
  if (!existsSync(script)) {
    say(
      'There is no infra/scripts/generate-reference.ts in this checkout: restore it from git.',
      '当前检出中没有 infra/scripts/generate-reference.ts:请用 git 恢复。',
    );
    return 1;
  }
  return run('node', [script], { cwd: root, env });
}
