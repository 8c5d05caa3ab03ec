package strata.peer;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * One bound of memory for all stores, as the documentation of Kafka Streams advises; bloom filters,
 * because most look-ups that reach RocksDB are for one key.
 */
public final class RocksTuning implements RocksDBConfigSetter {
  private static final long CACHE_BYTES = 256L << 20;
  private static final long MEMTABLES_BYTES = 128L << 20;
  private static final Cache CACHE = new LRUCache(CACHE_BYTES);
  private static final WriteBufferManager MEMTABLES = new WriteBufferManager(MEMTABLES_BYTES, CACHE);
  private static final BloomFilter BLOOM = new BloomFilter(10);

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setCacheIndexAndFilterBlocks(true);
    table.setPinL0FilterAndIndexBlocksInCache(true);
    table.setFilterPolicy(BLOOM);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(MEMTABLES);
  }

  /** Everything is shared and lives as long as the process. */
  @Override
  public void close(String store, Options options) {}
}
