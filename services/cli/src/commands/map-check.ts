import { resolve } from 'node:path';
import { eventToIntakeJson } from '@strata/contracts';
import type { MappedRow, SourceMap } from '@strata/source-map';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { TIME_ZONE_FLAG, timeZoneOf } from '../formats/choose-format.ts';
import { readMapFile } from '../formats/map-files.ts';
import { eachMappedRow, eventsOf } from '../formats/map-format.ts';
import { openInput, STDIN_PATH } from '../formats/open-input.ts';
import { catalogue } from '../messages/texts.ts';

const ROWS_DEFAULT = 5;
const ROWS_MAX = 1_000;

const texts = catalogue({
  en: {
    sound: (name: string) => `The map ${name} is sound.`,
    files: (names: string) => `It reads a folder with ${names}.`,
    topic: (topic: string) => `It reads the topic ${topic}.`,
    tryIt: 'Give a FILE behind it to see its first rows mapped.',
    unused: (columns: string) => `  not read: ${columns}`,
    part: 'is part of events of other files',
    refused: (reason: string, field: string | null) =>
      `refused, ${reason}${field === null ? '' : ` (${field})`}`,
    skipped: (reason: string) => `left out: ${reason}`,
    badRows: (value: string) =>
      `'${value}' is no value for --rows: write a whole number from 1 to ${ROWS_MAX}.`,
  },
  zh: {
    sound: (name: string) => `映射 ${name} 没有问题。`,
    files: (names: string) => `读取含 ${names} 的文件夹。`,
    topic: (topic: string) => `读取主题 ${topic}。`,
    tryIt: '在其后给出 FILE，即可查看前几行的映射结果。',
    unused: (columns: string) => `  未读取的列：${columns}`,
    part: '并入其他文件的事件',
    refused: (reason: string, field: string | null) =>
      `拒收，${reason}${field === null ? '' : `（${field}）`}`,
    skipped: (reason: string) => `略过：${reason}`,
    badRows: (value: string) => `--rows 不能取“${value}”：请写 1 到 ${ROWS_MAX} 的整数。`,
  },
});

/** `./strata map check`: whether a mapping file is sound, and what it makes of the first rows of a file. */
export const mapCheckCommand = defineCommand({
  name: 'map check',
  summary: {
    en: 'checks a mapping file, and shows what it makes of the first rows of a file',
    zh: '检查映射文件，并显示文件前几行的映射结果',
  },
  operands: [
    { name: 'MAP', about: { en: 'the mapping file', zh: '映射文件' } },
    {
      name: 'FILE',
      isOptional: true,
      about: {
        en: 'a data file, packed or not; a folder where the map has several',
        zh: '数据文件（可为 gz）；映射含多个文件时为文件夹',
      },
    },
  ],
  flags: {
    rows: {
      kind: 'text',
      value: 'N',
      about: {
        en: `rows of each file to show (default: ${ROWS_DEFAULT})`,
        zh: `每个文件显示的行数（默认 ${ROWS_DEFAULT}）`,
      },
    },
    ...TIME_ZONE_FLAG,
  },
  examples: ['map check orders.yaml', 'map check orders.yaml orders.csv --rows 10'],
  async run(context, { flags, operands }) {
    const { language, stdout } = context;
    const words = texts(language);
    const [mapPath = '', path] = operands;
    const map = await readMapFile(mapPath, context);
    stdout.write(`${words.sound(map.name)}\n`);
    if (map.topic !== null) stdout.write(`${words.topic(map.topic)}\n`);
    if (path === undefined) {
      const names = map.parts.flatMap(({ files }) => files?.[0] ?? []).join(', ');
      if (map.isFolder) stdout.write(`${words.files(names)}\n`);
      stdout.write(`${words.tryIt}\n`);
      return EXIT_CODES.success;
    }
    const timeZone = timeZoneOf(flags, language);
    await showRows(map, { path, timeZone, rowsMax: rowsOf(flags.rows, context) }, context);
    return EXIT_CODES.success;
  },
});

function rowsOf(text: string | undefined, { language }: CommandContext): number {
  if (text === undefined) return ROWS_DEFAULT;
  const rows = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (rows < 1 || rows > ROWS_MAX) throw new UsageFault(texts(language).badRows(text));
  return rows;
}

/** On the terminal of whoever has the file: what is shown is in it. */
async function showRows(
  map: SourceMap,
  wanted: { readonly path: string; readonly timeZone: string | null; readonly rowsMax: number },
  context: CommandContext,
): Promise<void> {
  const { cwd, language, stdin, signal, stdout } = context;
  const words = texts(language);
  const { rowsMax, timeZone } = wanted;
  const path = wanted.path === STDIN_PATH ? STDIN_PATH : resolve(cwd, wanted.path);
  const open = (file: string) => openInput(file, { language, stdin, signal, onBytes: () => {} });
  await eachMappedRow(
    {
      map,
      language,
      rowsMax,
      input: { path, open, timeZone },
      onFile: (file, { unused }) => {
        stdout.write(`${file}\n`);
        if (unused.length > 0) stdout.write(`${words.unused(unused.join(', '))}\n`);
      },
    },
    ({ file, record }, mapped) => {
      if (record > rowsMax) accept(mapped);
      else
        for (const line of linesOf(mapped, language)) stdout.write(`  ${file}:${record} ${line}\n`);
    },
  );
}

/** Rows that are not shown still hold what later files join. */
function accept(mapped: MappedRow): void {
  if (mapped.kind === 'events' && !('reason' in eventsOf(mapped.drafts))) mapped.accept();
}

function linesOf(mapped: MappedRow, language: CommandContext['language']): readonly string[] {
  const words = texts(language);
  switch (mapped.kind) {
    case 'kept':
      return [words.part];
    case 'skipped':
      return [words.skipped(mapped.reason)];
    case 'refused':
      return [words.refused(mapped.reason, mapped.field)];
    case 'events': {
      const result = eventsOf(mapped.drafts);
      if ('reason' in result) return [words.refused(result.reason, result.field)];
      mapped.accept();
      return result.events.map((event) => JSON.stringify(eventToIntakeJson(event)));
    }
  }
}
