import type { CustomerEventType } from '@strata/domain';
import { plainText } from './fields.ts';

/**
 * A visitor of whom only a token is known, of its source's making: a hash of a mail address, a phone number or a
 * device. It is graded as the customer `guest:<token>`, and linked once it says who it is.
 */
const GUEST_PREFIX = 'guest:';
const TOKEN_CHARACTERS_MAX = 250;
export const guestToken = plainText(TOKEN_CHARACTERS_MAX);

/** The id in whose place a guest may stand. */
export function guestPlace(type: CustomerEventType): 'customerId' | 'linkedId' {
  return type === 'link' ? 'linkedId' : 'customerId';
}

export function isGuestId(customerId: string): boolean {
  return customerId.startsWith(GUEST_PREFIX);
}

/** Null for what is no token. */
export function guestIdOf(guest: unknown): string | null {
  const result = guestToken.safeParse(guest);
  return result.success ? GUEST_PREFIX + result.data : null;
}
