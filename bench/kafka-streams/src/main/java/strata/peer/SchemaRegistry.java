package strata.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/** Schemas by their ids, through the interface of Confluent's registry that all registries speak. */
final class SchemaRegistry {
  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  SchemaRegistry(String url) {
    this.url = url;
  }

  Schema schemaOf(int id) {
    URI uri = URI.create(url + "/schemas/ids/" + id);
    try {
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new SerializationException(uri + " answered " + answer.statusCode());
      }
      return new Schema.Parser().parse(new ObjectMapper().readTree(answer.body()).get("schema").asText());
    } catch (IOException fault) {
      throw new SerializationException(uri + " did not answer", fault);
    } catch (InterruptedException fault) {
      Thread.currentThread().interrupt();
      throw new SerializationException(uri + " was not waited for", fault);
    }
  }
}
