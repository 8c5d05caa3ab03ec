package strata.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Avro in Confluent's framing. A writer's schema is asked for once and read through a projection, so
 * that what the job does not need is skipped; records and decoder are used again and again, which is
 * why each thread has its own: Kafka Streams shares a deserializer among all of them.
 */
final class LogRecordDeserializer implements Deserializer<LogRecord> {
  private static final int HEADER_BYTES = 5;

  private final ThreadLocal<Decoding> decoding;

  LogRecordDeserializer(SchemaRegistry registry) {
    decoding = ThreadLocal.withInitial(() -> new Decoding(registry));
  }

  @Override
  public LogRecord deserialize(String topic, byte[] bytes) {
    if (bytes == null) return LogRecord.NONE;
    if (bytes.length < HEADER_BYTES || bytes[0] != 0) {
      throw new SerializationException("A record of " + topic + " is not in Confluent's framing");
    }
    try {
      return decoding.get().decode(bytes);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private static final class Decoding {
    private final SchemaRegistry registry;
    private final Map<Integer, KindReader> readers = new HashMap<>();
    private BinaryDecoder decoder;

    Decoding(SchemaRegistry registry) {
      this.registry = registry;
    }

    LogRecord decode(byte[] bytes) throws IOException {
      int id = ByteBuffer.wrap(bytes).getInt(1);
      KindReader reader = readers.computeIfAbsent(id, it -> new KindReader(registry.schemaOf(it)));
      if (reader.kind == LogRecord.Kind.OTHER) return LogRecord.NONE;
      decoder = DecoderFactory.get()
          .binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, decoder);
      return reader.read(decoder);
    }
  }

  /** Reads what one schema id stands for. */
  private static final class KindReader {
    final LogRecord.Kind kind;
    private final GenericDatumReader<GenericRecord> reader;
    private GenericRecord reused;

    KindReader(Schema writer) {
      kind = switch (writer.getName()) {
        case "Purchase" -> LogRecord.Kind.PURCHASE;
        case "Refund" -> LogRecord.Kind.REFUND;
        case "Clock" -> LogRecord.Kind.CLOCK;
        default -> LogRecord.Kind.OTHER;
      };
      reader = kind == LogRecord.Kind.OTHER
          ? null
          : new GenericDatumReader<>(writer, Projection.of(writer));
    }

    LogRecord read(BinaryDecoder decoder) throws IOException {
      GenericRecord record = reused = reader.read(reused, decoder);
      if (kind == LogRecord.Kind.CLOCK) return LogRecord.clock((Long) record.get(0));
      Utf8 source = (Utf8) record.get(Projection.SOURCE);
      Utf8 orderId = (Utf8) record.get(Projection.ORDER_ID);
      if (orderId == null) {
        throw new SerializationException("Refunds without an order are no part of this job");
      }
      return new LogRecord(
          kind,
          (Long) record.get(Projection.OCCURRED_AT),
          hash(source, (Utf8) record.get(Projection.EVENT_ID)),
          hash((Utf8) record.get(Projection.ORDER_SOURCE), orderId),
          (Long) ((GenericRecord) record.get(Projection.AMOUNT)).get(0));
    }
  }

  /** FNV-1a over both, finished by a mixer: ids often differ in their last digits alone. */
  private static long hash(Utf8 first, Utf8 second) {
    long hash = 0xcbf29ce484222325L;
    hash = fnv(hash, first) * 0x100000001b3L;
    hash = fnv(hash, second);
    hash ^= hash >>> 32;
    hash *= 0xd6e8feb86659fd93L;
    return hash ^ (hash >>> 32);
  }

  private static long fnv(long from, Utf8 text) {
    long hash = from;
    byte[] bytes = text.getBytes();
    int length = text.getByteLength();
    for (int i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 0x100000001b3L;
    return hash;
  }
}
