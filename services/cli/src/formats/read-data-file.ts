import { resolve } from 'node:path';
import type { CommandContext } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { Progress } from '../progress.ts';
import type { FileFormat } from './file-format.ts';
import { type LoadedFile, loadEvents } from './load-events.ts';
import { STDIN_PATH, sizeOf } from './open-input.ts';

const texts = catalogue({
  en: { reading: 'Reading', records: 'records' },
  zh: { reading: '读取', records: '条记录' },
});

export interface DataFile {
  /** As the user wrote it; `-` is standard input. */
  readonly path: string;
  readonly format: FileFormat;
  readonly timeZone: string | null;
}

/** Reads a data file as commands do: paths from where the user is, progress on stderr. */
export async function readDataFile(file: DataFile, context: CommandContext): Promise<LoadedFile> {
  const { cwd, language, stdin, signal } = context;
  const { format, timeZone } = file;
  const path = file.path === STDIN_PATH ? STDIN_PATH : resolve(cwd, file.path);
  const words = texts(language);
  let bytesRead = 0;
  let bytesTotal: number | null = null;
  const progress = new Progress({
    context,
    label: words.reading,
    unit: words.records,
    share: () => (bytesTotal === null ? null : bytesRead / bytesTotal),
  });
  bytesTotal = await totalBytes(await format.files(path));
  const loaded = await loadEvents({
    path,
    format,
    timeZone,
    language,
    stdin,
    signal,
    onBytes: (bytes) => {
      bytesRead += bytes;
    },
    onRecord: () => progress.advance(),
  });
  progress.end();
  return loaded;
}

async function totalBytes(paths: readonly string[]): Promise<number | null> {
  const sizes = await Promise.all(paths.map(sizeOf));
  return sizes.reduce<number | null>(
    (sum, size) => (sum === null || size === null ? null : sum + size),
    0,
  );
}
