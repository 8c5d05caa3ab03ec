import { type Erasure, type Erasures, erasuresOf, NO_ERASURES } from '@strata/domain';

import { damaged } from './byte-reader.ts';
import { StateCodecError } from './state-codec-error.ts';

const ERASURES_CODEC_VERSION = 1;
/** Key id and keyed hash. The marker of a fold that has no key is shorter, and must not be stored. */
const MARKER = /^[0-9a-f]{40}$/;

interface StoredErasures {
  readonly version: number;
  readonly erasures: readonly Erasure[];
}

/** Whom a partition has erased, by marker, in the order of the markers. */
export function encodeErasures({ byMarker }: Erasures): Uint8Array {
  const erasures = [...byMarker.values()].map((it): Erasure => {
    const { marker, at, recordedAt, offset, seq, ids } = it;
    if (!MARKER.test(marker)) {
      throw new TypeError('Broken invariant: only keyed markers of erased customers are stored');
    }
    return { marker, at, recordedAt, offset, seq, ids };
  });
  const stored: StoredErasures = { version: ERASURES_CODEC_VERSION, erasures };
  return new TextEncoder().encode(JSON.stringify(stored));
}

/** None were stored before the first. */
export function decodeErasures(bytes: Uint8Array | undefined): Erasures {
  if (bytes === undefined) return NO_ERASURES;
  const { version, erasures } = parse(bytes);
  if (version !== ERASURES_CODEC_VERSION) {
    throw new StateCodecError(
      'STRATA_STATE_CODEC_VERSION',
      `stored erasures have layout ${String(version)}, this build reads up to ${ERASURES_CODEC_VERSION}: ` +
        'run the newer build, or rebuild this partition from the customer log',
    );
  }
  return erasuresOf(erasures);
}

function parse(bytes: Uint8Array): StoredErasures {
  try {
    const stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredErasures | null;
    if (stored !== null && Array.isArray(stored.erasures)) return stored;
  } catch {
    // Falls through to the one sentence that names the remedy.
  }
  throw damaged('the erasures of a partition are no list');
}
