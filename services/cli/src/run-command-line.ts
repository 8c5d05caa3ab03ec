import { nearestWord } from '@strata/yaml-file';
import { CliFault, EXIT_CODES, type ExitCode, UsageFault } from './cli-fault.ts';
import type { Command, CommandContext } from './command.ts';
import { STACK_COMMANDS } from './commands/stack-commands.ts';
import { commandHelp, overviewText } from './help.ts';
import type { Language } from './language.ts';
import { frameTexts } from './messages/frame.ts';
import type { Text } from './messages/texts.ts';
import { forwardCommand } from './stack/forward-command.ts';

/** Runs one command line of the given commands. */
export async function runCommandLine(
  argv: readonly string[],
  context: CommandContext,
  commands: readonly Command[],
): Promise<ExitCode> {
  try {
    return await dispatch(argv, context, commands);
  } catch (fault) {
    return report(fault, context);
  }
}

async function dispatch(
  argv: readonly string[],
  context: CommandContext,
  commands: readonly Command[],
): Promise<ExitCode> {
  const { language, stdout, stderr } = context;
  const [first] = argv;
  if (first === '--help' || first === '-h' || first === 'help') {
    stdout.write(overviewText(commands, language));
    return EXIT_CODES.success;
  }
  if (first === undefined) {
    stderr.write(`${frameTexts(language).noCommand}\n\n${overviewText(commands, language)}`);
    return EXIT_CODES.wrongUse;
  }
  const found = commandAt(argv, commands);
  if (found === undefined) throw unknownCommand(argv, context, commands);
  const { command, rest } = found;
  if (hasHelp(rest)) {
    stdout.write(commandHelp(command, language));
    return EXIT_CODES.success;
  }
  try {
    const isOnStack = context.stack === undefined && STACK_COMMANDS.includes(command);
    const forwarded = isOnStack ? await forwardCommand(argv, context) : null;
    return forwarded ?? (await command.execute(context, rest));
  } catch (fault) {
    if (!(fault instanceof UsageFault)) throw fault;
    stderr.write(`${fault.message}\n${frameTexts(language).helpHint(`${command.name} `)}\n`);
    return EXIT_CODES.wrongUse;
  }
}

function commandAt(
  argv: readonly string[],
  commands: readonly Command[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const command = commands.find(({ name }) => name === argv.slice(0, words).join(' '));
    if (command !== undefined) return { command, rest: argv.slice(words) };
  }
  return undefined;
}

function hasHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf('--');
  return rest.slice(0, end === -1 ? rest.length : end).some((word) => /^(--help|-h)$/.test(word));
}

function unknownCommand(
  argv: readonly string[],
  { language }: CommandContext,
  commands: readonly Command[],
): UsageFault {
  const texts = frameTexts(language);
  const [first = '', second] = argv;
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  const name = group.length > 0 && second !== undefined ? `${first} ${second}` : first;
  const names = (group.length > 0 ? group : commands).map((command) => command.name);
  const guess = nearestWord(name, names) ?? group[0]?.name ?? null;
  const hint = guess === null ? '' : `${texts.didYouMean(guess)} `;
  return new UsageFault(`${texts.unknownCommand(name)} ${hint}${texts.helpHint('')}`);
}

function report(fault: unknown, context: CommandContext): ExitCode {
  const texts = frameTexts(context.language);
  if (context.signal.aborted) {
    context.stderr.write(`${texts.interrupted}\n`);
    return EXIT_CODES.failure;
  }
  if (fault instanceof CliFault) {
    context.stderr.write(`${fault.message}\n`);
    return fault instanceof UsageFault ? EXIT_CODES.wrongUse : EXIT_CODES.failure;
  }
  // A fault with a code of ours says what to do; anything else is a bug, and its stack is what helps.
  const code = (fault as { code?: unknown } | null)?.code;
  const message = sentenceOf(fault, context.language);
  const isOurs = typeof code === 'string' && code.startsWith('STRATA_');
  context.stderr.write(`${isOurs ? message : texts.unexpected(message)}\n`);
  if (!isOurs && fault instanceof Error && context.env['STRATA_DEBUG'] !== undefined) {
    context.stderr.write(`${fault.stack}\n`);
  }
  return EXIT_CODES.failure;
}

/** Faults of the local stack and of the commands' own waiting know both languages; the others speak English. */
function sentenceOf(fault: unknown, language: Language): string {
  const spoken = (fault as { sentence?: Partial<Text> } | null)?.sentence?.[language];
  return spoken ?? (fault instanceof Error ? fault.message : String(fault));
}
