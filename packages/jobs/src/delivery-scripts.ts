import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DeliveryJob, DeliveryTurn, EndpointService } from '@strata/pipeline';
import type { ChainableCommander, Redis, Result } from 'ioredis';

const script = (name: string): string =>
  readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
const TURN = script('turn');
const END = script('end');
const STORE = script('store');

/** Of `store`; what replaces answers 0 or more. */
const REFUSED = -1;
const DIGITS = 16;

type Ordered = Pick<DeliveryJob, 'id' | 'subject' | 'sequence' | 'origin' | 'replayId'>;

/** Names of what is kept of an endpoint beside its BullMQ queue, and of that queue's own keys that the scripts read. */
export interface EndpointKeys {
  readonly order: string;
  readonly origins: string;
  readonly delayed: string;
  /** Before the id of a job. */
  readonly jobs: string;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    strataTurn(...args: [string, string, string, string, string, string]): Result<string, Context>;
    strataEnd(...args: [string, string, string, string, string, string]): Result<string, Context>;
    strataStore(keyCount: number, ...args: string[]): Result<number, Context>;
  }
}

/** Sent by their hash, as ioredis does with commands of its own. */
export function defineScripts(redis: Redis): Redis {
  // Every worker listens to the one connection that they share.
  redis.setMaxListeners(0);
  redis.defineCommand('strataTurn', { lua: TURN, numberOfKeys: 2 });
  redis.defineCommand('strataEnd', { lua: END, numberOfKeys: 3 });
  redis.defineCommand('strataStore', { lua: STORE });
  return redis;
}

/** Written before the jobs are: a job without its place in the order would be taken for superseded. */
export function noteOrder(
  pipeline: ChainableCommander,
  keys: EndpointKeys,
  jobs: readonly Ordered[],
): void {
  const scored = (members: readonly string[]): (string | number)[] =>
    members.flatMap((member) => [0, member]);
  pipeline.zadd(keys.order, ...scored(jobs.map(memberOf)));
  const told = jobs.filter(hasOrigin);
  if (told.length > 0) pipeline.zadd(keys.origins, ...scored(told.map(originMemberOf)));
}

export async function turnOf(
  redis: Redis,
  keys: EndpointKeys,
  asked: { readonly job: Ordered; readonly deliver: EndpointService['deliver'] },
): Promise<DeliveryTurn> {
  const { job, deliver } = asked;
  const answer = await redis.strataTurn(
    keys.order,
    keys.origins,
    memberOf(job),
    laneOf(job.subject),
    deliver,
    keys.jobs,
  );
  return answer as DeliveryTurn;
}

/** Answers who may be woken: the next of the subject, if it sleeps. */
export async function endTurn(
  redis: Redis,
  keys: EndpointKeys,
  job: Ordered,
): Promise<string | null> {
  const members = [memberOf(job), originMemberOf(job), laneOf(job.subject)] as const;
  const next = await redis.strataEnd(keys.order, keys.origins, keys.delayed, ...members);
  return next === '' ? null : next;
}

/** False where the field does not hold `before` any more, or a job is not known, or the other hash holds something else. */
export async function storeField(
  redis: Redis,
  hash: string,
  change: {
    readonly field: string;
    readonly value: string | null;
    readonly before: string | null;
    readonly jobKeys: readonly string[];
    /** Another hash, and what its fields have to hold. */
    readonly beside: { readonly hash: string; readonly holds: ReadonlyMap<string, string> };
  },
): Promise<boolean> {
  const keys = [hash, change.beside.hash, ...change.jobKeys];
  const pairs = [...change.beside.holds].flat();
  const values = [change.field, change.value ?? '', change.before ?? '', ...pairs];
  return (await redis.strataStore(keys.length, ...keys, ...values)) !== REFUSED;
}

/** Asks for the member of the oldest job from a partition. */
export function askOldest(
  pipeline: ChainableCommander,
  keys: EndpointKeys,
  partition: number,
): void {
  const prefix = digits(partition);
  pipeline.zrangebylex(keys.origins, `[${prefix}:`, `(${prefix};`, 'LIMIT', 0, 1);
}

/** The offset in the answer to `askOldest`; null where there is no such job. */
export function oldestOf(answer: unknown): number | null {
  const [first] = answer as readonly string[];
  return first === undefined ? null : Number(first.split(':')[1]);
}

/** Both members of a job, for who takes it out without a turn. */
export function membersOf(job: Ordered): { readonly order: string; readonly origin: string } {
  return { order: memberOf(job), origin: originMemberOf(job) };
}

function memberOf(job: Ordered): string {
  return `${laneOf(job.subject)}:${digits(job.sequence)}:${job.id}:${originOf(job)}`;
}

function originMemberOf(job: Ordered): string {
  return `${originOf(job)}:${job.id}`;
}

function hasOrigin({ origin, replayId }: Ordered): boolean {
  return origin !== null && replayId === null;
}

function originOf(job: Ordered): string {
  if (job.origin === null || !hasOrigin(job)) return '-:-';
  return `${digits(job.origin.partition)}:${digits(job.origin.offset)}`;
}

/** 64 bits: two subjects that share them wait for each other, which does no harm. */
function laneOf(subject: string): string {
  return createHash('sha256').update(subject).digest('hex').slice(0, 16);
}

function digits(count: number): string {
  return String(count).padStart(DIGITS, '0');
}
