/**
 * The program behind `npm run proof`: the long versions of what `npm test` does in short, one after the other. It goes
 * on after a failure, keeps what each run said in a file, and ends with a table; a person copies that into the proofs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Language } from '@strata/contracts';
import { proofTexts } from './texts.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRESS_MS = 10_000;

const language: Language = /^zh/i.test(
  process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || '',
)
  ? 'zh'
  : 'en';
const texts = proofTexts(language);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Proof {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const vitest = (project: string, ...files: readonly string[]): readonly string[] => [
  VITEST,
  'run',
  '--project',
  project,
  ...files,
];

function proofs(minutes: string): readonly Proof[] {
  return [
    {
      name: 'simulation 50,000',
      args: [join(ROOT, 'test/simulation/simulate.ts'), '--seeds', '1..50000'],
      env: {},
    },
    { name: 'model 10,000', args: vitest('model'), env: { STRATA_MODEL_CASES: '10000' } },
    {
      name: 'crash points x20',
      args: vitest('chaos', 'test/chaos/crash-points.test.ts'),
      env: { STRATA_CHAOS_OCCURRENCES: '20' },
    },
    {
      name: 'kill loop x200',
      args: vitest('chaos', 'test/chaos/takeover.test.ts'),
      env: { STRATA_CHAOS_KILLS: '200' },
    },
    {
      name: `chaos ${minutes} min`,
      args: [join(ROOT, 'test/chaos/run/run-chaos.ts'), '--minutes', minutes],
      env: {},
    },
  ];
}

interface Result {
  readonly name: string;
  readonly exitCode: number;
  readonly minutes: string;
  readonly log: string;
}

async function prove({ name, args, env }: Proof, folder: string): Promise<Result> {
  const log = join(folder, `${name.replaceAll(/[^\w]+/g, '-')}.log`);
  const file = createWriteStream(log);
  const startedMs = performance.now();
  const minutes = (): string => ((performance.now() - startedMs) / 60_000).toFixed(1);
  const child = spawn(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(file, { end: false });
    stream.on('data', (bytes: Buffer) => {
      last = bytes.toString().trim().split('\n').at(-1) ?? last;
    });
  }
  const timer = setInterval(() => say(texts.running(name, minutes(), last)), PROGRESS_MS);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  file.end();
  return { name, exitCode: exitCode ?? 1, minutes: minutes(), log };
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(texts.help);
else {
  const folder = join(ROOT, '.cache', 'proof');
  mkdirSync(folder, { recursive: true });
  const results: Result[] = [];
  for (const proof of proofs(values.minutes)) {
    say(texts.starting(proof.name));
    results.push(await prove(proof, folder));
  }
  for (const { name, exitCode, minutes, log } of results) {
    process.stdout.write(`${texts.result(name, exitCode === 0, minutes)}  ${log}\n`);
  }
  process.exitCode = results.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
}
