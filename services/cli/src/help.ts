import type { Command } from './command.ts';
import { type FlagSpec, valueHint } from './flags.ts';
import type { Language } from './language.ts';
import { frameTexts } from './messages/frame.ts';

/** What `./strata` and `./strata --help` print. */
export function overviewText(commands: readonly Command[], language: Language): string {
  const texts = frameTexts(language);
  const rows = commands.map((command) => [command.name, command.summary[language]] as const);
  return [
    texts.headline,
    '',
    `${texts.usage}: ./strata <command> [--help]`,
    '',
    `${texts.commands}:`,
    ...table(rows),
    '',
    texts.moreHelp,
    '',
  ].join('\n');
}

/** What `./strata <command> --help` prints. */
export function commandHelp(command: Command, language: Language): string {
  const texts = frameTexts(language);
  const operands = command.operands.map(
    (operand) => [operand.name, operand.about[language]] as const,
  );
  const flags = Object.entries(command.flags).map(
    ([name, spec]) => [flagTerm(name, spec), spec.about[language]] as const,
  );
  const operandUsage = command.operands.map(({ name, isOptional, isMany }) => {
    const term = isOptional === true ? `[${name}]` : name;
    return isMany === true ? `${term}...` : term;
  });
  const flagUsage = Object.entries(command.flags).map(([name, spec]) => {
    const term = flagTerm(name, spec);
    if (spec.kind === 'texts') return `[${term}]...`;
    return spec.kind === 'text' && spec.isNeeded === true ? term : `[${term}]`;
  });
  const usage = ['./strata', command.name, ...operandUsage, ...flagUsage].join(' ');
  return [
    command.summary[language],
    '',
    `${texts.usage}: ${usage}`,
    ...(operands.length === 0 ? [] : ['', `${texts.operands}:`, ...table(operands)]),
    '',
    `${texts.flags}:`,
    ...table([...flags, ['--help', texts.helpFlag] as const]),
    '',
    `${texts.examples}:`,
    ...command.examples.map((example) => `  ./strata ${example}`),
    '',
  ].join('\n');
}

function flagTerm(name: string, spec: FlagSpec): string {
  return spec.kind === 'switch' ? `--${name}` : `--${name} ${valueHint(spec)}`;
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, about]) => `  ${term.padEnd(width)}  ${about}`);
}
