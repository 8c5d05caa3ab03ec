import type { Text } from '../messages/texts.ts';
import type { TestCustomer } from './test-customer.ts';

/** What stands in `webhook-signature`; `unknown-version` is one of a scheme that consumers pass over. */
export type SignatureKind = 'right' | 'other-secret' | 'unknown-version';

/** One webhook as it will go out; it is signed at that moment. */
export interface PlannedPost {
  readonly id: string;
  readonly body: string;
  readonly answer: 'taken' | 'refused';
  readonly signatures: readonly SignatureKind[];
  /** How long before it goes out it claims to have been signed; below zero lies in the future. */
  readonly signedBeforeMs: number;
  /** Sent in the place of the body that was signed. */
  readonly alteredBody?: string;
  readonly isReplay?: boolean;
}

/** How a customer has to end; effects are told as a range where more than one number is right. */
export interface CustomerEnd {
  readonly customerId: string;
  readonly tier: string;
  readonly effects: { readonly min: number; readonly max: number };
}

/** The posts of one turn go out at the same time, turns one after another. */
export interface Plan {
  readonly turns: readonly (readonly PlannedPost[])[];
  readonly ends: readonly CustomerEnd[];
}

/** A customer whom nobody knows yet; `mark` becomes a part of the id. */
export type NewCustomer = (mark?: string) => TestCustomer;

/** One way in which deliveries go wrong, or could be taken wrongly, and where a right consumer ends. */
export interface Scenario {
  readonly name: string;
  readonly expected: Text;
  readonly remedy: Text;
  readonly plan: (newCustomer: NewCustomer) => Plan;
}

/** One after another. */
export function inTurn(...posts: readonly PlannedPost[]): readonly (readonly PlannedPost[])[] {
  return posts.map((post) => [post]);
}

/** The same webhook at its first try: signed earlier, so that the next try differs in time and signature. */
export function firstTry(post: PlannedPost): PlannedPost {
  return { ...post, signedBeforeMs: 30_000 };
}

export function refused(post: PlannedPost, changes: Partial<PlannedPost>): PlannedPost {
  return { ...post, ...changes, answer: 'refused' };
}
