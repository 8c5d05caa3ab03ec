import type { SubscriptionContent } from './subscription-content.ts';
import {
  isChange,
  type ReplayRequest,
  type SubscriptionAsk,
  type SubscriptionChange,
  type SubscriptionRecord,
  type TestOutcome,
} from './subscription-record.ts';

/** `paused` by a person; `disabled` by the notifier, because the endpoint takes nothing. */
export const STANDINGS = ['active', 'paused', 'disabled'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface SealedSecret {
  readonly sealed: Uint8Array;
  /** It signs before this instant; null for the newest, which has no end. */
  readonly endsAtMs: number | null;
}

export interface AskedReplay extends ReplayRequest {
  readonly id: string;
  readonly askedAtMs: number;
  readonly actor: string;
}

export interface AskedTest {
  readonly id: string;
  readonly askedAtMs: number;
  /** The `recordId` by which a notifier took it, null while none has. */
  readonly takenBy: string | null;
  readonly result: TestOutcome | null;
}

/** A subscription after some records of the topic. Instants are append times of the broker. */
export interface SubscriptionState {
  readonly id: string;
  /** Goes on over a removal, so that no record of a former life fits the next one. */
  readonly version: number;
  /** Null where it was removed, or never began. */
  readonly content: SubscriptionContent | null;
  readonly standing: Standing;
  readonly heldSinceMs: number | null;
  readonly heldReason: string | null;
  /** Newest first. */
  readonly secrets: readonly SealedSecret[];
  readonly activeFromMs: number;
  readonly changedAtMs: number;
  readonly changedBy: string;
  readonly replays: readonly AskedReplay[];
  readonly tests: readonly AskedTest[];
}

/** A subscription that somebody wants now. */
export type PresentSubscription = SubscriptionState & { readonly content: SubscriptionContent };

export function isPresent(state: SubscriptionState | undefined): state is PresentSubscription {
  return state !== undefined && state.content !== null;
}

/** More than these nobody looks at any more. */
const TESTS_KEPT = 20;

/**
 * The fold, for one subscription: its state after a record, or null where the record is void. A change is void whose
 * version is not the next one: of two writers who saw the same, the first in the topic has changed it, for every
 * reader. A change with the next version always takes it, also where it does nothing, so that readers of different
 * versions of Strata count alike.
 */
export function nextState(
  before: SubscriptionState | undefined,
  record: SubscriptionRecord,
  appendedAtMs: number,
): SubscriptionState | null {
  if (!isChange(record)) return isPresent(before) ? afterAsk(before, record, appendedAtMs) : null;
  if (record.version !== (before?.version ?? 0) + 1) return null;
  const state = before ?? nothing(record.subscription);
  return {
    ...state,
    ...effectOf(state, record, appendedAtMs),
    version: record.version,
    changedAtMs: appendedAtMs,
    changedBy: record.actor,
  };
}

function nothing(id: string): SubscriptionState {
  return {
    id,
    version: 0,
    content: null,
    standing: 'active',
    heldSinceMs: null,
    heldReason: null,
    secrets: [],
    activeFromMs: 0,
    changedAtMs: 0,
    changedBy: '',
    replays: [],
    tests: [],
  };
}

const ACTIVE = { standing: 'active', heldSinceMs: null, heldReason: null } as const;

function effectOf(
  state: SubscriptionState,
  change: SubscriptionChange,
  atMs: number,
): Partial<SubscriptionState> {
  if (change.kind === 'subscription-set') return setContent(state, change, atMs);
  if (!isPresent(state)) return {};
  const { standing } = state;
  switch (change.kind) {
    case 'subscription-paused':
      return standing === 'active' ? held('paused', change, atMs) : {};
    case 'subscription-disabled':
      return standing === 'active' ? held('disabled', change, atMs) : {};
    case 'subscription-resumed':
      return standing === 'paused' ? ACTIVE : {};
    case 'subscription-enabled':
      return standing === 'disabled' ? ACTIVE : {};
    case 'subscription-removed':
      return { ...nothing(state.id), ...ACTIVE };
    case 'secret-rotated':
      return { secrets: rotated(state.secrets, change, atMs) };
    case 'unknown-change':
      return {};
  }
}

function setContent(
  state: SubscriptionState,
  change: Extract<SubscriptionChange, { kind: 'subscription-set' }>,
  atMs: number,
): Partial<SubscriptionState> {
  const { content, sealedSecret } = change;
  if (isPresent(state)) return { content };
  if (sealedSecret === null) return {};
  const secrets = [{ sealed: sealedSecret, endsAtMs: null }];
  return { content, secrets, activeFromMs: atMs };
}

function held(
  standing: 'paused' | 'disabled',
  { reason }: SubscriptionChange,
  atMs: number,
): Partial<SubscriptionState> {
  return { standing, heldSinceMs: atMs, heldReason: reason };
}

function rotated(
  before: readonly SealedSecret[],
  { sealedSecret, overlapMs }: Extract<SubscriptionChange, { kind: 'secret-rotated' }>,
  atMs: number,
): readonly SealedSecret[] {
  const endMs = atMs + overlapMs;
  const kept = before.map(({ sealed, endsAtMs }) => ({
    sealed,
    endsAtMs: Math.min(endsAtMs ?? endMs, endMs),
  }));
  return [
    { sealed: sealedSecret, endsAtMs: null },
    ...kept.filter(({ endsAtMs }) => endsAtMs > atMs),
  ];
}

function afterAsk(
  state: SubscriptionState,
  ask: SubscriptionAsk,
  atMs: number,
): SubscriptionState | null {
  const { recordId: id } = ask;
  switch (ask.kind) {
    case 'replay-asked': {
      // A send that was repeated is one ask.
      if (state.replays.some((it) => it.id === id)) return null;
      const replay = { ...ask.replay, id, askedAtMs: atMs, actor: ask.actor };
      return { ...state, replays: [...state.replays, replay] };
    }
    case 'test-asked': {
      if (state.tests.some((it) => it.id === id)) return null;
      const test = { id, askedAtMs: atMs, takenBy: null, result: null };
      return { ...state, tests: [...state.tests, test].slice(-TESTS_KEPT) };
    }
    case 'test-taken':
      return withTest(state, ask.test, (test) =>
        test.takenBy === null ? { ...test, takenBy: id } : null,
      );
    case 'test-ended':
      return withTest(state, ask.result.test, (test) =>
        test.result === null ? { ...test, result: ask.result } : null,
      );
    case 'unknown-ask':
      return state;
  }
}

function withTest(
  state: SubscriptionState,
  id: string,
  change: (test: AskedTest) => AskedTest | null,
): SubscriptionState | null {
  const test = state.tests.find((it) => it.id === id);
  const after = test === undefined ? null : change(test);
  if (after === null) return null;
  return { ...state, tests: state.tests.map((it) => (it.id === id ? after : it)) };
}
