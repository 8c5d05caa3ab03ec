import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { publishEvents, runCli } from '@strata/cli';
import { logRecordFromWire, TOPICS } from '@strata/contracts';
import { day } from '@strata/domain/builders';
import { freePort } from '@strata/local-stack';
import { createIntakeKey, keyFileText } from '@strata/service-runtime';
import { Audit, type Verdict } from '../audit/audit.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';
import { bringBack, killBackend } from '../stack/harm.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { SHOPPERS_POLICY } from '../stack/shoppers.ts';
import { insist, until } from '../stack/until.ts';
import { HttpLoad, type LoadFigures } from './http-load.ts';

/** All orders are of this day; the last mark lies behind it. */
const CLOCK = day(10);
const ACK_TIMEOUT_MS = 2_000;

export interface HttpTrialResult {
  readonly figures: LoadFigures;
  readonly verdict: Verdict;
  readonly sent: number;
  /** Events that are not in the log although their request was answered with 200. */
  readonly lost: number;
  /** Events in the log that nobody sent. */
  readonly invented: number;
  /** As the live state counts them. */
  readonly orders: number;
  readonly deadLetters: number;
}

/** Load by HTTP on a real stack, with harm done to it meanwhile, and then everything counted. */
export class HttpTrial {
  readonly load: HttpLoad;
  readonly ingestor: ServiceProcess;
  readonly scorer: ServiceProcess;
  readonly #stack: ChaosStack;
  readonly #folder: string;

  private constructor(parts: {
    stack: ChaosStack;
    ingestor: ServiceProcess;
    scorer: ServiceProcess;
    load: HttpLoad;
    folder: string;
  }) {
    this.#stack = parts.stack;
    this.#folder = parts.folder;
    this.ingestor = parts.ingestor;
    this.scorer = parts.scorer;
    this.load = parts.load;
  }

  static async open(
    stack: ChaosStack,
    { eventsEach }: { readonly eventsEach: number },
  ): Promise<HttpTrial> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-http-'));
    const keysFile = join(folder, 'keys.json');
    const quota = { eventsPerSecond: 1_000_000, burst: 1_000_000 };
    const { key, token } = createIntakeKey({ name: 'load', sources: ['shop'], ...quota });
    await writeFile(keysFile, keyFileText([key]));
    const port = await freePort();
    const ingestor = await stack.run('ingestor', {
      STRATA_INGESTOR_HTTP_KEYS: keysFile,
      STRATA_INGESTOR_HTTP_PORT: String(port),
      STRATA_INGESTOR_HTTP_ACK_TIMEOUT_MS: String(ACK_TIMEOUT_MS),
    });
    const scorer = await stack.run('scorer');
    await stack.activate(SHOPPERS_POLICY);
    await until('the ingestor is ready', async () => (await ingestor.health())?.isReady === true);
    const url = `http://127.0.0.1:${port}`;
    return new HttpTrial({
      stack,
      ingestor,
      scorer,
      folder,
      load: new HttpLoad({ url, token, eventsEach, clock: CLOCK }),
    });
  }

  /** The broker loses its power in the middle of it, and comes back over what it left. */
  async killBroker(): Promise<void> {
    const { load } = this;
    const before = load.accepted.size;
    await until('events are accepted', () => load.accepted.size > before + 100);
    const refusals = load.countOf(503);
    await killBackend(this.#stack.backends, 'kafka');
    await until('senders hear of it', () => load.countOf(503) > refusals);
    await bringBack(this.#stack.backends, 'kafka');
    const after = load.accepted.size;
    await until('events are accepted again', () => load.accepted.size > after + 100);
  }

  /** Ends the load, waits until all of it is graded, and counts. */
  async result(figures: LoadFigures): Promise<HttpTrialResult> {
    const { handle } = this.#stack;
    const { accepted, sent } = this.load;
    const audit = new Audit(handle);
    audit.sent(accepted);
    const endMark = day(11);
    const { signal } = new AbortController();
    await insist('to publish the last mark', () =>
      publishEvents(handle, { events: [], endMark, onSent: () => {}, signal }),
    );
    await this.#stack.settled(endMark);
    const arrived = await this.#arrived();
    return {
      figures,
      verdict: await audit.verdict(),
      sent: sent.size,
      lost: accepted.difference(arrived).size,
      invented: arrived.difference(sent).size,
      orders: await this.#orders(endMark),
      deadLetters: (await handle.reader.bounds(TOPICS.deadLetters)).reduce(
        (sum, { start, end }) => sum + end - start,
        0,
      ),
    };
  }

  async #arrived(): Promise<ReadonlySet<string>> {
    const { reader, serdes, partitions } = this.#stack.handle;
    const found = new Set<string>();
    for (let partition = 0; partition < partitions; partition += 1) {
      const from = { topic: TOPICS.customerLog, partition, offset: 0 };
      for await (const records of reader.read(from)) {
        for (const { value } of records) {
          const record = logRecordFromWire(serdes.customerLog.decode(value ?? new Uint8Array()));
          if (record.kind === 'event') found.add(record.event.eventId);
        }
      }
    }
    return found;
  }

  /** Through the command that a user has. */
  async #orders(at: number): Promise<number> {
    const out = join(this.#folder, 'profiles.csv');
    let said = '';
    const sink = { isTty: false, write: (text: string) => void (said += text) };
    const argv = ['profiles', '--at', new Date(at).toISOString(), '--out', out];
    const code = await runCli(argv, {
      stdout: sink,
      stderr: sink,
      stdin: Readable.from([]),
      env: {},
      cwd: this.#folder,
      language: 'en',
      signal: new AbortController().signal,
      monotonicMs: () => performance.now(),
      stack: this.#stack.handle,
    });
    if (code !== 0) throw new Error(said);
    const [header = '', ...rows] = (await readFile(out, 'utf8')).trimEnd().split('\n');
    const column = header.split(',').indexOf('orders');
    return rows.reduce((sum, row) => sum + Number(row.split(',')[column]), 0);
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
