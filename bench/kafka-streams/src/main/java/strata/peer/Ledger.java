package strata.peer;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The orders and refunds of one customer, in the order of time, as one array of longs that is stored as
 * it is. What is left of a part, and whether it dates an order that counts, is worked out when a record
 * about its order comes: looking at the ledger is one walk.
 */
final class Ledger {
  private static final int ORDER_KEY = 0;
  private static final int EVENT_KEY = 1;
  private static final int AT = 2;
  private static final int MINOR = 3;
  /** What refunds leave of a part; `REFUND` where the entry is one. */
  private static final int LEFT = 4;
  /** 1 where this part dates an order that counts. */
  private static final int DATES = 5;
  private static final int WIDTH = 6;
  private static final long REFUND = -1;

  private long[] entries;
  private int size;

  Ledger() {
    entries = new long[0];
  }

  Ledger(ByteBuffer bytes) {
    size = bytes.remaining() / Long.BYTES / WIDTH;
    entries = new long[size * WIDTH];
    bytes.asLongBuffer().get(entries);
  }

  int byteCount() {
    return size * WIDTH * Long.BYTES;
  }

  void writeTo(ByteBuffer bytes) {
    bytes.asLongBuffer().put(entries, 0, size * WIDTH);
  }

  int size() {
    return size;
  }

  long at(int index) {
    return entries[index * WIDTH + AT];
  }

  long leftMinor(int index) {
    return Math.max(0, entries[index * WIDTH + LEFT]);
  }

  boolean datesOrder(int index) {
    return entries[index * WIDTH + DATES] == 1;
  }

  boolean hasParts() {
    for (int i = 0; i < size; i++) if (entries[i * WIDTH + LEFT] != REFUND) return true;
    return false;
  }

  /** What has left the window can move no value any more. */
  void trim(long at) {
    int gone = 0;
    while (gone < size && at(gone) + Policy.WINDOW_MS <= at) gone++;
    if (gone == 0) return;
    entries = Arrays.copyOfRange(entries, gone * WIDTH, size * WIDTH);
    size -= gone;
  }

  /** False where the record was known already. */
  boolean add(LogRecord record) {
    for (int i = 0; i < size; i++) {
      if (entries[i * WIDTH + EVENT_KEY] == record.eventKey()) return false;
    }
    int place = size;
    while (place > 0 && at(place - 1) > record.at()) place--;
    long[] grown = Arrays.copyOf(entries, (size + 1) * WIDTH);
    System.arraycopy(
        entries, place * WIDTH, grown, (place + 1) * WIDTH, (size - place) * WIDTH);
    int entry = place * WIDTH;
    grown[entry + ORDER_KEY] = record.orderKey();
    grown[entry + EVENT_KEY] = record.eventKey();
    grown[entry + AT] = record.at();
    grown[entry + MINOR] = record.minor();
    grown[entry + LEFT] = record.kind() == LogRecord.Kind.REFUND ? REFUND : record.minor();
    grown[entry + DATES] = 0;
    entries = grown;
    size++;
    settle(record.orderKey());
    return true;
  }

  /** Sets the refunds of an order, as one sum, against its parts, oldest first. */
  private void settle(long orderKey) {
    long refunded = 0;
    for (int entry = 0; entry < size * WIDTH; entry += WIDTH) {
      if (entries[entry + ORDER_KEY] == orderKey && entries[entry + LEFT] == REFUND) {
        refunded += entries[entry + MINOR];
      }
    }
    int first = -1;
    long toRefund = refunded;
    long leftOfOrder = 0;
    for (int entry = 0; entry < size * WIDTH; entry += WIDTH) {
      if (entries[entry + ORDER_KEY] != orderKey || entries[entry + LEFT] == REFUND) continue;
      long taken = Math.min(toRefund, entries[entry + MINOR]);
      toRefund -= taken;
      entries[entry + LEFT] = entries[entry + MINOR] - taken;
      entries[entry + DATES] = 0;
      leftOfOrder += entries[entry + LEFT];
      if (first < 0) first = entry;
    }
    boolean isRefunded = refunded > 0 && leftOfOrder == 0;
    if (first >= 0 && !isRefunded) entries[first + DATES] = 1;
  }
}
