import { groupReaderContract, recordLogContract } from '@strata/testing/contracts';
import { openKafkaLog } from './open-kafka-log.ts';

recordLogContract('on Kafka', openKafkaLog);
groupReaderContract('on Kafka', openKafkaLog);
