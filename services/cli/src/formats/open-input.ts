import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { addAbortSignal, pipeline, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import { formatTexts } from './format-texts.ts';

export interface OpenedInput {
  /** The name by which messages call it. */
  readonly name: string;
  /** The unpacked bytes. A broken file fails the stream with a `CliFault`. */
  readonly stream: Readable;
}

export interface InputOptions {
  readonly language: Language;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  /** Told of each chunk of the file as it lies on disk, for the time left. */
  readonly onBytes: (bytes: number) => void;
}

/** The path that stands for standard input. */
export const STDIN_PATH = '-';

/** Opens a file, packed or not: the bytes say so, not the name. */
export async function openInput(path: string, options: InputOptions): Promise<OpenedInput> {
  const { stdin, language } = options;
  if (path === STDIN_PATH) return { name: 'stdin', stream: counted(stdin, options) };
  const name = basename(path);
  const isPacked = await startsLikeGzip(path, language);
  const file = counted(createReadStream(path), options);
  if (!isPacked) return { name, stream: file };
  const gunzip = createGunzip();
  const stream = pipeline(file, gunzip, () => {
    // The reader of `gunzip` gets the fault; there is nobody else to tell.
  });
  return { name, stream: named(stream, (cause) => formatTexts(language).brokenGzip(path, cause)) };
}

/** Bytes on disk, for the time left; null for what has no size. */
export async function sizeOf(path: string): Promise<number | null> {
  if (path === STDIN_PATH) return null;
  const status = await stat(path).catch(() => null);
  return status?.isFile() === true ? status.size : null;
}

async function startsLikeGzip(path: string, language: Language): Promise<boolean> {
  const texts = formatTexts(language);
  try {
    const handle = await open(path, 'r');
    try {
      if ((await handle.stat()).isDirectory()) {
        throw new CliFault('STRATA_CLI_NOT_A_FILE', texts.isFolder(path));
      }
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (fault) {
    if (fault instanceof CliFault) throw fault;
    const isMissing = (fault as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isMissing ? texts.noFile(path) : texts.unreadable(path, String(fault));
    throw new CliFault('STRATA_CLI_NO_FILE', message, fault);
  }
}

function counted(source: Readable, { onBytes, signal }: InputOptions): Readable {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  addAbortSignal(signal, counter);
  return pipeline(source, counter, () => {
    // The reader of `counter` gets the fault.
  });
}

function named(source: Readable, sentence: (cause: string) => string): Readable {
  const passing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunk);
    },
  });
  source.on('error', (fault) =>
    passing.destroy(new CliFault('STRATA_CLI_BROKEN_FILE', sentence(fault.message), fault)),
  );
  return source.pipe(passing);
}
