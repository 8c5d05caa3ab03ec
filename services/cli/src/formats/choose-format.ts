import { isTimeZone } from '@strata/yaml-file';
import { UsageFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import type { FlagSpecs } from '../flags.ts';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';
import type { FileFormat } from './file-format.ts';
import { FILE_FORMATS, fileFormat, readMapFile } from './map-files.ts';
import { formatOfMap } from './map-format.ts';

const texts = catalogue({
  en: {
    oneOfTwo: 'A FILE needs its --format, or --map with a mapping file; give one of the two.',
    notAZone: (value: string) =>
      `'${value}' is no value for --time-zone: write an IANA zone, as Asia/Shanghai or UTC.`,
  },
  zh: {
    oneOfTwo: 'FILE 需要 --format，或以 --map 指定映射文件；二者选一。',
    notAZone: (value: string) =>
      `--time-zone 不能取“${value}”：请写 IANA 时区，例如 Asia/Shanghai 或 UTC。`,
  },
});

export const TIME_ZONE_FLAG = {
  'time-zone': {
    kind: 'text',
    value: 'ZONE',
    about: {
      en: 'the zone of times that name none (default: that of the map, or UTC)',
      zh: '无时区时间所用的时区（默认取自映射文件，否则 UTC）',
    },
  },
} as const satisfies FlagSpecs;

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

/** Null where nobody said: the map decides. */
export function timeZoneOf(
  flags: { readonly 'time-zone': string | undefined },
  language: Language,
): string | null {
  const zone = flags['time-zone'] ?? null;
  if (zone !== null && !isTimeZone(zone)) throw new UsageFault(texts(language).notAZone(zone));
  return zone;
}

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
