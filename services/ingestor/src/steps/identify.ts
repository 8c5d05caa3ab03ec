import { type Identity, identifiedDecision, identifiedEvent } from '@strata/contracts';
import type { Valid } from './validate.ts';

/** From here on every customer has the id under which it stands in the log; a clock mark names none. */
export function identify(valid: Valid, identity: Identity): Valid {
  const { content } = valid;
  switch (content.kind) {
    case 'clock':
    case 'went-live':
      return valid;
    case 'event':
      return { ...valid, content: { ...content, event: identifiedEvent(content.event, identity) } };
    case 'override-set':
    case 'override-cleared':
    case 'merge-asked':
    case 'erased':
      return { ...valid, content: identifiedDecision(content, identity) };
  }
}
