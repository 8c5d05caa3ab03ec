import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Identity, TOPICS } from '@strata/contracts';
import { type LogRecord, type Policy, profileAt } from '@strata/domain';
import { TestPartition } from '@strata/domain/builders';
import { MemoryGroupReader, MemoryLog, MemoryLogReader, MemoryStateStore } from '@strata/memory';
import { type LogReader, silentLogger } from '@strata/pipeline';
import { createApiKey, createMetrics, keyFileText, type Metrics } from '@strata/service-runtime';
import { EMPTY_SHARD_LEDGER, encodeShardLedger, LEDGER_FIELD } from '@strata/shard-state';
import { encodePartition, packCustomer, pageKey } from '@strata/state-codec';
import type { Api } from '../api/api.ts';
import { ChangeTail } from '../api/changes/change-tail.ts';
import { openApi } from '../api/open-console-api.ts';
import { TierBoard } from '../live/tier-board.ts';
import { consoleMetrics } from '../metrics.ts';

interface StageSettings {
  readonly time?: 'wall' | 'data';
  readonly identity?: Identity;
  /** Milliseconds of the wall; stands still where it is not said. */
  readonly wallMs?: () => number;
}

/** Nothing is decoded in this stage. */
function noSerde(): never {
  return undefined as never;
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer is what the tests look at
  readonly json: any;
}

/** The API over a partition that the real fold made, in a store and a log in memory. */
export class ApiStage {
  readonly partition: TestPartition;
  readonly store = new MemoryStateStore();
  readonly metrics: Metrics = createMetrics({ withProcess: false });
  readonly log: MemoryLog;
  readonly logged: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'strata-api-'));
  readonly #key = createApiKey({
    name: 'reader',
    scopes: ['profiles:read', 'changes:read'],
    requestsPerSecond: 1e6,
    burst: 1_000_000,
  });
  #next = 0;
  #api: Api | null = null;
  #server: Server | null = null;

  constructor(policy: Policy, { time = 'data' }: StageSettings = {}) {
    this.partition = new TestPartition(policy, time);
    this.log = new MemoryLog({ nowMs: () => 0 });
    for (const topic of Object.values(TOPICS)) this.log.createTopic(topic, 1);
  }

  async start({ identity, wallMs = () => 0 }: StageSettings = {}): Promise<void> {
    const keysFile = join(this.#folder, 'keys.json');
    writeFileSync(keysFile, keyFileText([this.#key.key]));
    const log: LogReader = new MemoryLogReader(this.log);
    const api = await openApi(
      {
        group: new MemoryGroupReader(this.log),
        log,
        store: this.store,
        serdes: noSerde,
        clock: { nowMs: wallMs },
        logger: {
          ...silentLogger,
          error: (fields, text) => void this.logged.push(JSON.stringify(fields) + text),
        },
        metrics: this.metrics,
        onFatal: () => {},
      },
      {
        settings: {
          host: '127.0.0.1',
          port: 0,
          apiKeysFile: keysFile,
          groupId: 'api-of-a-test',
          ...(identity === undefined ? {} : { identity }),
        },
        metrics: consoleMetrics(this.metrics),
        tail: new ChangeTail(noSerde(), 1),
        board: new TierBoard(noSerde),
        reader: { isCatchingUp: () => false, positions: () => new Map() },
      },
    );
    this.#api = api;
    this.#server = createServer((request, response) => void api.handle(request, response));
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.#api?.stop();
    this.#server?.closeAllConnections();
    this.#server?.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** One record of the log, not yet in the store. */
  append(record: LogRecord, appendedAt = 0): void {
    this.partition.append(record, appendedAt);
    this.appendUncounted();
  }

  /** A record that nobody folds (yet). */
  appendUncounted(): void {
    const record = { topic: TOPICS.customerLog, partition: 0, key: null, value: null, headers: {} };
    this.log.append([record]);
  }

  /** What was folded so far into the store, as one commit of a scorer. */
  async commit(gone: readonly string[] = []): Promise<void> {
    const { owner } = await this.store.acquire(0);
    const { state } = this.partition;
    const packed = [...this.partition.customers].map(
      ([id, customer]) => [id, packCustomer(customer)] as const,
    );
    const expectedNext = this.#next;
    const [bounds] = await new MemoryLogReader(this.log).bounds(TOPICS.customerLog);
    this.#next = Math.max(expectedNext + 1, bounds?.end ?? 0);
    const outcome = await this.store.commit({
      partition: 0,
      owner,
      expectedNext,
      next: this.#next,
      fields: {
        ...encodePartition(state),
        [LEDGER_FIELD]: encodeShardLedger({ ...EMPTY_SHARD_LEDGER, partitions: 1 }),
      },
      states: [
        ...packed.map(([id, { value }]) => [id, value] as const),
        ...gone.map((id) => [id, null] as const),
      ],
      pages: packed.flatMap(([id, { pages }]) =>
        pages.map(({ name, bytes }) => [pageKey(id, name), bytes] as const),
      ),
      due: [],
      outbox: [],
    });
    if (outcome !== 'ok') throw new Error(`The commit of the stage came to ${outcome}.`);
  }

  /** What `./strata profiles` says of a customer. */
  rowOf(customerId: string, at: number): ReturnType<typeof profileAt> {
    const state = this.partition.customers.get(customerId);
    if (state === undefined) throw new Error('The stage does not know this customer.');
    return profileAt({ partition: this.partition.state, customerId, state, at });
  }

  async ask(
    path: string,
    {
      method = 'GET',
      headers = {},
      body,
    }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
  ): Promise<Asked> {
    if (this.#server === null) throw new Error('The stage was not started.');
    const { port } = this.#server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = text !== '' && response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  }
}
