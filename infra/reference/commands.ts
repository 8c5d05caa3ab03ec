import { COMMANDS } from '../../services/cli/src/commands/index.ts';
import { commandHelp, overviewText } from '../../services/cli/src/help.ts';
import { codeBlock, page } from './markdown.ts';

/** docs/reference/commands.md: what `--help` prints. */
export function commandsPage(): string {
  return page('Commands', [
    [
      'What `./strata --help` and `./strata <command> --help` print; in Chinese where the locale is.',
      'Results go to standard output, progress and faults to standard error. Exit code 0 is success, 1',
      'failure, 2 wrong use, 3 held back: nothing is wrong, and `calibrate` asks for somebody’s word.',
    ].join('\n'),
    codeBlock('text', overviewText(COMMANDS, 'en')),
    ...COMMANDS.flatMap((command) => [
      `## ${command.name}`,
      codeBlock('text', commandHelp(command, 'en')),
    ]),
  ]);
}
