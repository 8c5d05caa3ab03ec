export type { KafkaSettings } from './kafka-connection.ts';
export { KafkaGroupReader, type KafkaGroupReaderOptions } from './kafka-group-reader.ts';
export { KafkaLogReader } from './kafka-log-reader.ts';
export { KafkaLogWriter, type KafkaLogWriterOptions } from './kafka-log-writer.ts';
export { KafkaPositionKeeper } from './kafka-position-keeper.ts';
export {
  ensureTopics,
  type TopicOptions,
  type TopicSpec,
  topicConfigs,
  verifyTopics,
} from './kafka-topics.ts';
