import { hash } from 'node:crypto';

/**
 * Of everything that a profile says about the customer, and of nothing that differs at each asking (when it was read,
 * how fresh it is): so it is weak, as RFC 9110 (8.8.1) has it for representations that are equal in meaning and not in
 * every byte. Time alone changes it where time alone changes a value.
 */
export function entityTagOf(text: string): string {
  return `W/"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
}

/** Whether `If-None-Match` names the tag, by the weak comparison that it asks for (RFC 9110, 13.1.2). */
export function isNoneMatch(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const bare = tag.slice(2);
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === bare);
}
