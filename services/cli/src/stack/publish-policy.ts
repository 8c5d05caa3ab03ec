import {
  CURRENT_POLICY_KEY,
  policyPublicationFromWire,
  policyPublicationToWire,
  TOPICS,
} from '@strata/contracts';
import { activeSet, type PolicySet } from '@strata/domain';
import { viewPartitions } from '@strata/shard-state';
import { BilingualFault } from '../cli-fault.ts';
import { LOOK_AT_STATUS, until } from '../until.ts';
import type { StackHandle } from './stack-handle.ts';

export interface Publisher {
  readonly by: string;
  readonly reason: string | null;
}

/** The set that the policies topic holds as current, null before the first. */
export async function publishedSet(
  stack: Pick<StackHandle, 'reader' | 'serdes'>,
): Promise<PolicySet | null> {
  const { reader, serdes } = stack;
  let found: PolicySet | null = null;
  const from = { topic: TOPICS.policies, partition: 0, offset: 0 };
  for await (const batch of reader.read(from)) {
    await serdes.prepare(batch);
    for (const { key, value } of batch) {
      if (key === null || value === null) continue;
      if (new TextDecoder().decode(key) !== CURRENT_POLICY_KEY) continue;
      found = policyPublicationFromWire(serdes.policies.decode(value)).set;
    }
  }
  return found;
}

/**
 * Publishes a set and waits until every partition grades by it. The first one only: another set while one is in
 * force is refused. Publishing the same set again changes nothing.
 */
export async function publishPolicy(
  stack: Pick<StackHandle, 'reader' | 'writer' | 'serdes' | 'store' | 'partitions'>,
  set: PolicySet,
  publisher: Publisher & { readonly nowMs: number; readonly signal?: AbortSignal },
): Promise<'published' | 'unchanged'> {
  const present = await publishedSet(stack);
  if (present !== null && present.id !== set.id) {
    throw new BilingualFault('STRATA_POLICY_IN_FORCE', {
      en:
        `Policy set ${present.id} is in force and this version activates only a first one: ` +
        'start a new stack with ./strata up --fresh --policy FILE, or compare with ./strata backtest.',
      zh:
        `策略集 ${present.id} 已经生效，本版本只支持首次发布：` +
        '请用 ./strata up --fresh --policy FILE 启动新栈，或用 ./strata backtest 比较。',
    });
  }
  if (present === null) {
    const { nowMs: publishedAt, by: publishedBy, reason } = publisher;
    const publication = policyPublicationToWire({ set, publishedAt, publishedBy, reason });
    const value = stack.serdes.policies.encode(publication);
    const records = [set.id, CURRENT_POLICY_KEY].map((key) => ({
      topic: TOPICS.policies,
      partition: 0,
      key: new TextEncoder().encode(key),
      value,
      headers: {},
    }));
    await stack.writer.send(records);
  }
  await untilActive(stack, set, publisher.signal);
  return present === null ? 'published' : 'unchanged';
}

/** Every owner appends the activation that its partition lacks; from then on every record is graded by the set. */
async function untilActive(
  { store, partitions }: Pick<StackHandle, 'store' | 'partitions'>,
  set: PolicySet,
  signal: AbortSignal | undefined,
): Promise<void> {
  await until(
    async () => {
      const views = await viewPartitions(store, partitions);
      const lacking = views.filter((view) => activeSet(view.state)?.id !== set.id).length;
      return { isDone: lacking === 0, progress: partitions - lacking };
    },
    {
      signal,
      what: { en: 'every partition to grade by the policy', zh: '所有分区按策略定级' },
      remedy: LOOK_AT_STATUS,
    },
  );
}
