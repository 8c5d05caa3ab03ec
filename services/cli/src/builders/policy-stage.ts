import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@strata/contracts';
import { runCli } from '../cli.ts';
import type { EmbeddedStack } from '../embedded.ts';
import { aContext, anEmbeddedStack, type ContextChanges } from './command-context.ts';

export interface PolicyText {
  readonly version?: number;
  readonly ladder?: string;
  readonly tiers?: string;
  readonly more?: string;
}

/** A policy file that gives a point for each order of the year; a test names what it is about. */
export function policyText(changes: PolicyText = {}): string {
  const {
    version = 1,
    ladder = 'bronze, silver, gold',
    tiers = '{silver: {enter: 2, leave: 2}, gold: {enter: 4, leave: 3}}',
    more = '',
  } = changes;
  return `policy: shop\nversion: ${version}\nbase_currency: CNY\nladder: [${ladder}]\n${more}
dimensions: {orders: {of: orders, window: 365d}}\nscore: {orders: 1}\ntiers: ${tiers}\n`;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stack in this process and a folder of policy files, used by commands alone. */
export class PolicyStage {
  readonly #embedded: EmbeddedStack;
  readonly #folder: string;

  private constructor(embedded: EmbeddedStack, folder: string) {
    this.#embedded = embedded;
    this.#folder = folder;
  }

  static async open(): Promise<PolicyStage> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-policy-life-'));
    const stage = new PolicyStage(await anEmbeddedStack(), folder);
    await stage.write('v1.yaml', policyText());
    return stage;
  }

  async close(): Promise<void> {
    await this.#embedded.stop();
    await rm(this.#folder, { recursive: true });
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.#folder, name), text);
  }

  async run(argv: readonly string[], changes: ContextChanges = {}): Promise<Ran> {
    const { context, heard } = aContext({
      stack: this.#embedded.stack,
      cwd: this.#folder,
      env: { USER: 'ann' },
      ...changes,
    });
    const exitCode = await runCli(argv, context);
    return { exitCode, ...heard };
  }

  /** What a command says that has to end well. */
  async must(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(argv);
    if (exitCode !== 0) throw new Error(`strata ${argv.join(' ')}: ${stderr}`);
    return stdout;
  }

  async json<T>(...argv: readonly string[]): Promise<T> {
    return JSON.parse(await this.must(...argv, '--json')) as T;
  }

  /** Customers c1 to c5, with as many orders as their number says, graded by `v1.yaml`. */
  async importOrders(): Promise<void> {
    const lines = [1, 2, 3, 4, 5].flatMap((customer) =>
      Array.from({ length: customer }, (_, order) =>
        JSON.stringify({
          type: 'purchase',
          source: 'shop',
          eventId: `c${customer} ${order}`,
          customerId: `c${customer}`,
          occurredAt: `2026-01-0${order + 1}T00:00:00Z`,
          orderId: `c${customer} ${order}`,
          amount: { minor: 500, currency: 'CNY' },
        }),
      ),
    );
    const how = ['--format', 'events', '--policy', './v1.yaml', '--until', '2026-02-01'];
    const input = `${lines.join('\n')}\n`;
    const { exitCode, stderr } = await this.run(['import', '-', ...how], { input });
    if (exitCode !== 0) throw new Error(stderr);
  }

  /** By customer, as `profiles` says. */
  async tiers(): Promise<Readonly<Record<string, string>>> {
    const [head = '', ...rows] = (await this.must('profiles')).trim().split('\n');
    const [id = 0, tier = 0] = ['customer_id', 'tier'].map((it) => head.split(',').indexOf(it));
    return Object.fromEntries(rows.map((row) => [row.split(',')[id], row.split(',')[tier] ?? '']));
  }

  /** A file that a command has written, line by line. */
  async lines<T>(name: string): Promise<readonly T[]> {
    const text = await readFile(join(this.#folder, name), 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  /** How many records the topic of policies holds. */
  async published(): Promise<number> {
    const bounds = await this.#embedded.stack.reader.bounds(TOPICS.policies);
    return bounds.reduce((sum, { start, end }) => sum + end - start, 0);
  }
}
