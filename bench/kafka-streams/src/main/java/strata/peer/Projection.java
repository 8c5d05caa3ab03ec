package strata.peer;

import java.util.List;
import org.apache.avro.Schema;

/** The fields that the job reads of a record, in the order of these places. */
final class Projection {
  static final int SOURCE = 0;
  static final int EVENT_ID = 1;
  static final int OCCURRED_AT = 2;
  static final int ORDER_SOURCE = 3;
  static final int ORDER_ID = 4;
  static final int AMOUNT = 5;

  private static final List<String> OF_EVENTS =
      List.of("source", "eventId", "occurredAt", "orderSource", "orderId", "amount");

  private Projection() {}

  static Schema of(Schema writer) {
    if (writer.getField("at") != null) return part(writer, List.of("at"));
    Schema events = part(writer, OF_EVENTS);
    Schema minor = part(events.getField("amount").schema(), List.of("minor"));
    List<Schema.Field> fields = events.getFields().stream()
        .map(it -> new Schema.Field(it.name(), it.name().equals("amount") ? minor : it.schema()))
        .toList();
    return Schema.createRecord(writer.getName(), null, writer.getNamespace(), false, fields);
  }

  private static Schema part(Schema writer, List<String> names) {
    List<Schema.Field> fields = names.stream()
        .map(name -> new Schema.Field(name, writer.getField(name).schema()))
        .toList();
    return Schema.createRecord(writer.getName(), null, writer.getNamespace(), false, fields);
  }
}
