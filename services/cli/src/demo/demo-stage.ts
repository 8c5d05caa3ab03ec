import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { prerequisites, type Sentence, StackFault } from '@strata/local-stack';
import type { CommandContext } from '../command.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { ROOT } from '../stack/stack-paths.ts';
import { startLocal } from '../stack/start-local.ts';

export const DEMO_STACKS = ['local', 'embedded'] as const;
export type DemoStack = (typeof DEMO_STACKS)[number];

/** The demo shows a forbidden field sending its record to the dead letters; by default the field alone is dropped. */
export const DEMO_INGESTOR = { STRATA_INGESTOR_ON_FORBIDDEN: 'refuse' } as const;

/** Enough to show that customers lie in different ones, few enough to start quickly. */
const PARTITIONS = 8;

/** A stack that belongs to the demo alone and ends with it. */
export interface DemoStage {
  readonly kind: DemoStack;
  readonly stack: StackHandle;
  readonly consoleUrl: string;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly kind: DemoStack;
  readonly hook: { readonly url: string; readonly secret: string };
  readonly onProgress: (line: Sentence) => void;
}

/** What a real stack needs and this machine does not have; empty where it can be started. */
export function missingForLocal(env: CommandContext['env']): readonly Sentence[] {
  return Object.values(prerequisites(env)).flatMap((found) =>
    found.state === 'missing' ? [found.how] : [],
  );
}

/** Whether the machine turned out not to have what a real stack needs, rather than something being broken. */
export function isUnavailable(fault: unknown): fault is StackFault {
  if (!(fault instanceof StackFault)) return false;
  return ['STRATA_STACK_FETCH_FAILED', 'STRATA_STACK_PREREQUISITE_MISSING'].includes(fault.code);
}

/** Thrown away and made anew by each run. */
export function demoDataDir(env: CommandContext['env']): string {
  return resolve(ROOT, env['STRATA_DEMO_DIR'] ?? '.strata/demo');
}

export async function openStage(
  context: CommandContext,
  options: StageOptions,
): Promise<DemoStage> {
  const dataDir = demoDataDir(context.env);
  // Beside the data and not in it: a fresh start removes what lies there.
  const subscriptions = `${dataDir}.${process.pid}.subscriptions.json`;
  mkdirSync(dirname(subscriptions), { recursive: true });
  const subscription = { id: 'demo', ...options.hook };
  writeFileSync(subscriptions, JSON.stringify([subscription]), { mode: 0o600 });
  try {
    const setting = { subscriptions, dataDir, ...options };
    return await (options.kind === 'local' ? openLocal(context, setting) : openEmbedded(setting));
  } finally {
    rmSync(subscriptions, { force: true });
  }
}

interface Setting extends StageOptions {
  readonly subscriptions: string;
  readonly dataDir: string;
}

async function openLocal(context: CommandContext, setting: Setting): Promise<DemoStage> {
  const { dataDir, subscriptions, onProgress } = setting;
  const { record, stack, backends } = await startLocal({
    dataDir,
    time: 'data',
    partitions: PARTITIONS,
    isFresh: true,
    lifetime: 'owner',
    env: { ...context.env, ...DEMO_INGESTOR, STRATA_DEMO_DIR: undefined },
    subscriptions,
    onProgress,
  });
  return {
    kind: 'local',
    stack,
    consoleUrl: record.consoleUrl ?? '',
    stop: async () => {
      await stack.close();
      await backends.stop();
    },
  };
}

/** Loaded only here: the four services together take longer to load than most commands to run. */
async function openEmbedded({ subscriptions }: Setting): Promise<DemoStage> {
  const { startEmbedded } = await import('../embedded.ts');
  const embedded = await startEmbedded({
    time: 'data',
    partitions: PARTITIONS,
    subscriptions,
    onForbidden: 'refuse',
    // Nothing can go on, and nothing outlives this process: it ends with the fault, whoever has reported it.
    onFatal: (fault) => {
      queueMicrotask(() => {
        throw fault;
      });
    },
  });
  const { stack, consoleUrl } = embedded;
  return { kind: 'embedded', stack, consoleUrl, stop: () => embedded.stop() };
}
