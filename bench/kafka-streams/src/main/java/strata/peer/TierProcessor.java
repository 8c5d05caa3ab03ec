package strata.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The job. A record settles its customer up to its own instant, then counts; who is silent is found by
 * the due index, a store whose keys begin with an instant, whenever stream time has moved on by a day.
 * Every change carries the instant at which it fell due, however late it is found.
 */
final class TierProcessor implements Processor<Bytes, LogRecord, Bytes, TierChange> {
  static final String CUSTOMERS = "customers";
  static final String DUE = "due";
  private static final Duration DECAY_EVERY = Duration.ofDays(1);
  private static final byte[] PRESENT = {};

  private ProcessorContext<Bytes, TierChange> context;
  private KeyValueStore<Bytes, byte[]> customers;
  private KeyValueStore<Bytes, byte[]> due;

  @Override
  public void init(ProcessorContext<Bytes, TierChange> given) {
    context = given;
    customers = given.getStateStore(CUSTOMERS);
    due = given.getStateStore(DUE);
    given.schedule(DECAY_EVERY, PunctuationType.STREAM_TIME, this::decay);
  }

  @Override
  public void process(Record<Bytes, LogRecord> input) {
    LogRecord record = input.value();
    if (record.kind() != LogRecord.Kind.PURCHASE && record.kind() != LogRecord.Kind.REFUND) return;
    Bytes id = input.key();
    byte[] stored = customers.get(id);
    CustomerState state = stored == null ? new CustomerState() : new CustomerState(stored);
    long at = Math.max(state.clock, record.at());
    settle(id, state, at);
    state.ledger.trim(at);
    if (state.ledger.add(record)) decide(id, state, at);
    keep(id, state);
  }

  /** Stream time stands at the newest record of the partition. */
  private void decay(long streamTime) {
    List<Bytes> ids = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = due.range(dueKey(0, null), dueKey(streamTime + 1, null))) {
      while (entries.hasNext()) {
        KeyValue<Bytes, byte[]> entry = entries.next();
        byte[] key = entry.key.get();
        byte[] id = new byte[key.length - Long.BYTES];
        System.arraycopy(key, Long.BYTES, id, 0, id.length);
        ids.add(Bytes.wrap(id));
      }
    }
    for (Bytes id : ids) {
      CustomerState state = new CustomerState(customers.get(id));
      settle(id, state, Math.max(state.clock, streamTime));
      due.delete(dueKey(state.indexedAt, id));
      state.indexedAt = CustomerState.NEVER;
      keep(id, state);
    }
  }

  /** Each change that time alone brings up to this instant, at its own. */
  private void settle(Bytes id, CustomerState state, long until) {
    while (state.dueAt <= until) decide(id, state, state.dueAt);
    state.clock = until;
  }

  private void decide(Bytes id, CustomerState state, long at) {
    Course course = new Course(state.ledger, at);
    if (state.tier != Policy.NO_TIER || state.ledger.hasParts()) {
      int score = course.score();
      int target = Policy.target(state.tier, score);
      if (target != state.tier) tell(id, state.tier, target, score, at);
      state.tier = target;
      state.dueAt = course.nextChangeOf(target);
    }
    state.clock = at;
  }

  private void tell(Bytes id, int from, int to, int score, long at) {
    String customerId = new String(id.get(), StandardCharsets.UTF_8);
    String fromTier = from == Policy.NO_TIER ? null : Policy.LADDER[from];
    TierChange change = new TierChange(customerId, fromTier, Policy.LADDER[to], score, at);
    context.forward(new Record<>(id, change, at));
  }

  /** An entry of the due index that names its customer too early is left: most due instants only move on. */
  private void keep(Bytes id, CustomerState state) {
    if (state.dueAt < state.indexedAt) {
      if (state.indexedAt != CustomerState.NEVER) due.delete(dueKey(state.indexedAt, id));
      due.put(dueKey(state.dueAt, id), PRESENT);
      state.indexedAt = state.dueAt;
    }
    customers.put(id, state.toBytes());
  }

  /** Instants are not negative, so their bytes sort as they do. */
  private static Bytes dueKey(long at, Bytes id) {
    int length = id == null ? 0 : id.get().length;
    ByteBuffer key = ByteBuffer.allocate(Long.BYTES + length).putLong(at);
    if (id != null) key.put(id.get());
    return Bytes.wrap(key.array());
  }
}
