export { runCli } from './cli.ts';
export { CliFault, EXIT_CODES, type ExitCode, UsageFault } from './cli-fault.ts';
export type { Command, CommandContext, TextSink } from './command.ts';
export { FILE_FORMATS, type FileFormatName } from './formats/file-format.ts';
export { fileFormat, type LoadedFile, loadEvents } from './formats/load-events.ts';
