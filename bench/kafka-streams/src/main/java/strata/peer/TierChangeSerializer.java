package strata.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Serializer;

/** Plain Avro by the schema beside it, without framing: who reads this topic is the benchmark alone. */
final class TierChangeSerializer implements Serializer<TierChange> {
  private static final Schema SCHEMA = schema();

  private final GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(SCHEMA);

  @Override
  public byte[] serialize(String topic, TierChange change) {
    GenericRecord record = new GenericData.Record(SCHEMA);
    record.put("customerId", change.customerId());
    record.put("fromTier", change.fromTier());
    record.put("toTier", change.toTier());
    record.put("score", change.score());
    record.put("effectiveAt", change.effectiveAt());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    return bytes.toByteArray();
  }

  private static Schema schema() {
    try (InputStream text = TierChangeSerializer.class.getResourceAsStream("/tier-change.avsc")) {
      return new Schema.Parser().parse(text);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
