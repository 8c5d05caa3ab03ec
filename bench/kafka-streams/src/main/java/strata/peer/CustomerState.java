package strata.peer;

import java.nio.ByteBuffer;

/** All that is kept of one customer. */
final class CustomerState {
  private static final int HEAD_BYTES = 1 + 3 * Long.BYTES;
  static final long NEVER = Long.MAX_VALUE;

  /** Rank on the ladder, `Policy.NO_TIER` before the first purchase. */
  int tier = Policy.NO_TIER;
  /** Settled up to here. */
  long clock = Long.MIN_VALUE;
  /** When time alone changes the tier next. */
  long dueAt = NEVER;
  /** Under which instant the due index names the customer: `dueAt` or, where that has moved on since, before it. */
  long indexedAt = NEVER;
  final Ledger ledger;

  CustomerState() {
    ledger = new Ledger();
  }

  CustomerState(byte[] stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored);
    tier = bytes.get();
    clock = bytes.getLong();
    dueAt = bytes.getLong();
    indexedAt = bytes.getLong();
    ledger = new Ledger(bytes);
  }

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + ledger.byteCount());
    bytes.put((byte) tier).putLong(clock).putLong(dueAt).putLong(indexedAt);
    ledger.writeTo(bytes);
    return bytes.array();
  }
}
