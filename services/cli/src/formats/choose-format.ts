import { UsageFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import type { FlagSpecs } from '../flags.ts';
import { catalogue } from '../messages/texts.ts';
import type { FileFormat } from './file-format.ts';
import { FILE_FORMATS, fileFormat, readMapFile } from './map-files.ts';
import { formatOfMap } from './map-format.ts';

const texts = catalogue({
  en: { oneOfTwo: 'A FILE needs its --format, or --map with a mapping file; give one of the two.' },
  zh: { oneOfTwo: 'FILE 需要 --format，或以 --map 指定映射文件；二者选一。' },
});

/** How a command is told what a file is. */
export const FORMAT_FLAGS = {
  format: {
    kind: 'text',
    value: 'FORMAT',
    choices: FILE_FORMATS,
    about: { en: 'what the file is', zh: '文件格式' },
  },
  map: {
    kind: 'text',
    value: 'MAP.yaml',
    about: {
      en: 'a mapping file that says how the file becomes events, instead of a format',
      zh: '映射文件，说明文件如何成为事件；用以代替 --format',
    },
  },
} as const satisfies FlagSpecs;

/** The format that was named, or that of a mapping file. */
export async function chooseFormat(
  flags: { readonly format: string | undefined; readonly map: string | undefined },
  { cwd, language }: Pick<CommandContext, 'cwd' | 'language'>,
): Promise<FileFormat> {
  const { format, map } = flags;
  if ((format === undefined) === (map === undefined))
    throw new UsageFault(texts(language).oneOfTwo);
  if (format !== undefined) return fileFormat(format, language);
  return formatOfMap(await readMapFile(map ?? '', { cwd, language }), language);
}
