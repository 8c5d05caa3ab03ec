import {
  type PolicyBook,
  type PolicyPublication,
  type PublishedPolicy,
  policyKey,
  policyPublicationToWire,
  TOPICS,
} from '@strata/contracts';
import { type AnnounceFrom, activeSet, type PolicySet } from '@strata/domain';
import { viewPartitions } from '@strata/shard-state';
import { BilingualFault } from '../cli-fault.ts';
import { LOOK_AT_STATUS, until } from '../until.ts';
import { readPolicyBook } from './read-policy-book.ts';
import type { StackHandle } from './stack-handle.ts';

export interface Publisher {
  readonly by: string;
  readonly reason: string | null;
  /** Absent: everything. */
  readonly announceFrom?: AnnounceFrom;
}

type PublishingStack = Pick<StackHandle, 'reader' | 'writer' | 'serdes' | 'store' | 'partitions'>;

/**
 * Publishes a set and waits until every partition grades by it; those who are not touched follow by the sweep. Publishing
 * the set that holds changes nothing. Where another publisher was first, nothing has happened either.
 */
export async function publishPolicy(
  stack: PublishingStack,
  set: PolicySet,
  publisher: Publisher & { readonly nowMs: number; readonly signal?: AbortSignal },
): Promise<'published' | 'unchanged'> {
  const { inForce } = await readPolicyBook(stack);
  const isUnchanged = inForce?.set.id === set.id;
  if (!isUnchanged) await sendPolicy(stack, set, { ...publisher, inForce });
  await untilActive(stack, set, publisher.signal);
  return isUnchanged ? 'unchanged' : 'published';
}

/** Publishes a set that was checked against what is in force. Answers how it stands in the topic. */
export async function sendPolicy(
  stack: Pick<StackHandle, 'reader' | 'writer' | 'serdes'>,
  set: PolicySet,
  publisher: Publisher & { readonly nowMs: number; readonly inForce: PublishedPolicy | null },
): Promise<PublishedPolicy> {
  const { by: publishedBy, reason, announceFrom = 0, nowMs: publishedAt, inForce } = publisher;
  const basedOn = inForce?.number ?? 0;
  const publication = { set, basedOn, announceFrom, publishedAt, publishedBy, reason };
  await stack.writer.send([
    {
      topic: TOPICS.policies,
      partition: 0,
      key: new TextEncoder().encode(policyKey(publication)),
      value: stack.serdes.policies.encode(policyPublicationToWire(publication)),
      headers: {},
    },
  ]);
  return standingOf(publication, await readPolicyBook(stack));
}

/** @throws where another publisher was first. */
function standingOf(publication: PolicyPublication, book: PolicyBook): PublishedPolicy {
  const own = book.policies.find((it) => policyKey(it) === policyKey(publication));
  const winner = book.policies.find(
    ({ basedOn, standing }) => basedOn === publication.basedOn && standing !== 'void',
  );
  if (own !== undefined && own.standing !== 'void') return own;
  const { publishedBy = '-', set } = winner ?? {};
  throw new BilingualFault('STRATA_POLICY_PUBLISHED_MEANWHILE', {
    en:
      `${publishedBy} published policy set ${set?.id ?? '-'} while yours was checked against the one before, so nothing of yours has happened: ` +
      'look at it with ./strata policy list, and publish again.',
    zh:
      `在您检查期间，${publishedBy} 已发布策略集 ${set?.id ?? '-'}，您的发布未生效，未改变任何内容：` +
      '请用 ./strata policy list 查看后重新发布。',
  });
}

/** Every owner appends the activation that its partition lacks; from then on every record is graded by the set. */
export async function untilActive(
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
