package strata.peer;

import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The peer of Strata's scorer: the customer log in, tier changes out, exactly once. Settings are those
 * that an operator who wants throughput would choose on a small machine.
 */
public final class Main {
  private static final int CACHE_BYTES = 256 << 20;
  private static final int FETCH_BYTES_OF_PARTITION = 4 << 20;

  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 7) {
      System.err.println("usage: BROKERS REGISTRY_URL APPLICATION_ID IN_TOPIC OUT_TOPIC STATE_DIR THREADS");
      System.exit(2);
    }
    Topology topology = topology(args[1], args[3], args[4]);
    KafkaStreams streams = new KafkaStreams(topology, settings(args[0], args[2], args[5], args[6]));
    streams.setUncaughtExceptionHandler(fault -> {
      fault.printStackTrace();
      return StreamThreadExceptionResponse.SHUTDOWN_APPLICATION;
    });
    CountDownLatch ended = new CountDownLatch(1);
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) ended.countDown();
    });
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
    ended.await();
  }

  private static Topology topology(String registryUrl, String from, String to) {
    SchemaRegistry registry = new SchemaRegistry(registryUrl);
    return new Topology()
        .addSource(
            AutoOffsetReset.earliest(),
            "log",
            new EventTime(),
            Serdes.Bytes().deserializer(),
            new LogRecordDeserializer(registry),
            from)
        .addProcessor("tiers", TierProcessor::new, "log")
        .addStateStore(store(TierProcessor.CUSTOMERS), "tiers")
        .addStateStore(store(TierProcessor.DUE), "tiers")
        .addSink("changes", to, Serdes.Bytes().serializer(), new TierChangeSerializer(), "tiers");
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  private static Properties settings(String brokers, String id, String stateDir, String threads) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksTuning.class);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        FETCH_BYTES_OF_PARTITION);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64 << 20);
    return settings;
  }
}
