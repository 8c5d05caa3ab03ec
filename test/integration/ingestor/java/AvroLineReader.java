import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.tools.api.RecordReader;

/**
 * For Kafka's console producer: a line is an event in Avro's own JSON, and becomes Avro of Java's
 * making, framed as Confluent does, under the schema that the registry names for the topic.
 */
public class AvroLineReader implements RecordReader {
  private String topic;
  private Schema schema;
  private int id;

  @Override
  public void configure(Map<String, ?> settings) {
    topic = String.valueOf(settings.get("topic"));
    String subject = settings.get("registry") + "/subjects/" + topic + "-value/versions/latest";
    try {
      HttpRequest question = HttpRequest.newBuilder(URI.create(subject)).build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(question, HttpResponse.BodyHandlers.ofString());
      JsonNode latest = new ObjectMapper().readTree(answer.body());
      id = latest.get("id").asInt();
      schema = new Schema.Parser().parse(latest.get("schema").asText());
    } catch (IOException | InterruptedException fault) {
      throw new IllegalStateException("The registry does not answer " + subject, fault);
    }
  }

  @Override
  public Iterator<ProducerRecord<byte[], byte[]>> readRecords(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
        .lines()
        .map(line -> new ProducerRecord<byte[], byte[]>(topic, framed(line)))
        .iterator();
  }

  private byte[] framed(String line) {
    try {
      Object event =
          new GenericDatumReader<>(schema)
              .read(null, DecoderFactory.get().jsonDecoder(schema, line));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(0);
      out.write(ByteBuffer.allocate(4).putInt(id).array());
      var encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<>(schema).write(event, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
