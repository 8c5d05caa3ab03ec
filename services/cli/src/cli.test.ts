import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';
import { UsageFault } from './cli-fault.ts';
import { type CommandContext, defineCommand } from './command.ts';
import type { Language } from './language.ts';

const greet = defineCommand({
  name: 'greet',
  summary: { en: 'greets', zh: '问候' },
  operands: [{ name: 'NAME', about: { en: 'whom', zh: '谁' } }],
  flags: {
    loud: { kind: 'switch', about: { en: 'loudly', zh: '大声' } },
    tone: {
      kind: 'text',
      value: 'TONE',
      choices: ['warm', 'cold'],
      about: { en: 'how', zh: '语气' },
    },
    also: { kind: 'texts', value: 'NAME', about: { en: 'who else', zh: '还有谁' } },
  },
  examples: ['greet Lin --loud'],
  async run({ stdout }, { flags, operands }) {
    if (operands[0] === 'nobody') throw new TypeError('a bug');
    stdout.write(`${JSON.stringify({ flags, operands })}\n`);
    return 0;
  },
});
const policyCheck = defineCommand({
  name: 'policy check',
  summary: { en: 'checks', zh: '检查' },
  flags: {},
  examples: [],
  run: async () => 0,
});

async function run(argv: readonly string[], language: Language = 'en') {
  let stdout = '';
  let stderr = '';
  const context: CommandContext = {
    stdout: { write: (text) => void (stdout += text) },
    stderr: { isTty: false, write: (text) => void (stderr += text) },
    stdin: Readable.from([]),
    env: {},
    cwd: '/',
    language,
    signal: new AbortController().signal,
    monotonicMs: () => 0,
  };
  const exitCode = await runCli(argv, context, [greet, policyCheck]);
  return { exitCode, stdout, stderr };
}

describe('a command line that is right', () => {
  it('gives flags and operands their types', async () => {
    const argv = ['greet', 'Lin', '--loud', '--also', 'a', '--also=b', '--tone', 'warm'];
    const { exitCode, stdout } = await run(argv);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      flags: { loud: true, tone: 'warm', also: ['a', 'b'] },
      operands: ['Lin'],
    });
  });

  it('leaves what is not given undefined, off or empty', async () => {
    const { stdout } = await run(['greet', 'Lin']);
    expect(JSON.parse(stdout)).toEqual({ flags: { loud: false, also: [] }, operands: ['Lin'] });
  });

  it('prints help on stdout', async () => {
    const { exitCode, stdout } = await run(['greet', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'Usage: ./strata greet NAME [--loud] [--tone warm|cold] [--also NAME]...',
    );
    expect(stdout).toContain('./strata greet Lin --loud');
    expect((await run(['--help'], 'zh')).stdout).toContain('policy check  检查');
  });
});

describe('wrong use ends with 2 and says what to write', () => {
  it.each([
    { argv: ['gret'], says: "There is no command 'gret'. Did you mean 'greet'?" },
    { argv: ['policy', 'chekc'], says: "no command 'policy chekc'. Did you mean 'policy check'?" },
    { argv: ['greet'], says: 'NAME is missing.' },
    { argv: ['greet', 'a', 'b'], says: "'b' is one argument too many." },
    { argv: ['greet', 'a', '--luod'], says: "There is no flag '--luod'. Did you mean '--loud'?" },
    { argv: ['greet', 'a', '--loud=yes'], says: 'The flag --loud takes no value.' },
    { argv: ['greet', 'a', '--tone'], says: 'needs a value: --tone warm|cold.' },
    { argv: ['greet', 'a', '--tone', 'wram'], says: "Did you mean 'warm'?" },
    { argv: ['greet', 'a', '--tone', 'warm', '--tone', 'cold'], says: 'stands twice' },
    { argv: [], says: 'Which command?' },
  ])('$argv', async ({ argv, says }) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
  });

  it('in Chinese where the language says so', async () => {
    const { stderr } = await run(['greet', 'a', '--luod'], 'zh');
    expect(stderr).toContain('没有“--luod”这个选项。 是否想写“--loud”？');
  });
});

it('ends with 1 where a command fails, and calls a bug a bug', async () => {
  const { exitCode, stderr } = await run(['greet', 'nobody']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('This should not have happened: a bug.');
  expect(new UsageFault('x').code).toBe('STRATA_CLI_WRONG_USE');
});
