import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { CliFault } from './cli-fault.ts';
import type { Language } from './language.ts';
import { catalogue } from './messages/texts.ts';

const texts = catalogue({
  en: {
    unwritable: (path: string, cause: string) =>
      `'${path}' cannot be written: ${cause}. Check that its folder exists and may be written to.`,
  },
  zh: {
    unwritable: (path: string, cause: string) =>
      `无法写入“${path}”：${cause}。请检查目录是否存在、是否可写。`,
  },
});

/** Small writes are gathered, so that a row does not cost a call. */
const GATHERED_CHARS_MAX = 65_536;

/** A result file that appears whole or not at all: written beside its name, then renamed. */
export class OutFile {
  readonly #path: string;
  readonly #partialPath: string;
  readonly #stream: WriteStream;
  readonly #language: Language;
  #gathered = '';
  #fault: Error | null = null;

  constructor(path: string, language: Language) {
    this.#path = path;
    this.#partialPath = `${path}.${process.pid}.partial`;
    this.#language = language;
    this.#stream = createWriteStream(this.#partialPath);
    this.#stream.on('error', (fault) => {
      this.#fault ??= fault;
    });
  }

  /** Waits until the file can be written to: better said before hours of work than behind them. */
  async ready(): Promise<void> {
    if (this.#stream.pending) {
      await once(this.#stream, 'open').catch((fault: unknown) => {
        throw this.#unwritable(fault);
      });
    }
    if (this.#fault !== null) throw this.#unwritable(this.#fault);
  }

  async write(text: string): Promise<void> {
    this.#gathered += text;
    if (this.#gathered.length >= GATHERED_CHARS_MAX) await this.#flush();
  }

  /** The file is complete: it gets its name. */
  async publish(): Promise<void> {
    await this.#flush();
    this.#stream.end();
    try {
      await finished(this.#stream);
      await rename(this.#partialPath, this.#path);
    } catch (fault) {
      throw this.#unwritable(fault);
    }
  }

  /** Nothing half-done stays. */
  async discard(): Promise<void> {
    this.#stream.destroy();
    await rm(this.#partialPath, { force: true });
  }

  async #flush(): Promise<void> {
    if (this.#fault !== null) throw this.#unwritable(this.#fault);
    const isRoomLeft = this.#stream.write(this.#gathered);
    this.#gathered = '';
    if (!isRoomLeft) {
      await once(this.#stream, 'drain').catch((fault: unknown) => {
        throw this.#unwritable(fault);
      });
    }
  }

  #unwritable(fault: unknown): CliFault {
    const cause = fault instanceof Error ? fault.message : String(fault);
    return new CliFault(
      'STRATA_CLI_UNWRITABLE',
      texts(this.#language).unwritable(this.#path, cause),
      fault,
    );
  }
}
