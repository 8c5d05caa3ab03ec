export { consoleConfig } from './config.ts';
export type { ConsolePorts, ConsoleSettings } from './ports.ts';
export { type RunningConsole, startConsole } from './start-console.ts';
export { LANGUAGES, type Language } from './texts.ts';
