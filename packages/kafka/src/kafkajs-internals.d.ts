/**
 * What we use of kafkajs below its public door, pinned to 2.2.4 by the workspace's catalog. The public door has no way
 * to fetch outside a group; these four modules are what its own consumer fetches with.
 */
declare module 'kafkajs/src/cluster/index.js' {
  interface FetchConnection {
    send<T>(exchange: {
      request: unknown;
      response: { decode(raw: Buffer): Promise<T>; parse(decoded: T): Promise<T> };
    }): Promise<T>;
  }
  export interface KafkaBroker {
    readonly connectionPool: FetchConnection;
    disconnect(): Promise<void>;
    offsetCommit(request: {
      groupId: string;
      groupGenerationId: number;
      memberId: string;
      topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
    }): Promise<unknown>;
    offsetFetch(request: {
      groupId: string;
      topics: { topic: string; partitions: { partition: number }[] }[];
    }): Promise<{
      responses: { topic: string; partitions: { partition: number; offset: string }[] }[];
    }>;
  }
  interface OffsetQuery {
    topic: string;
    partitions: { partition: number }[];
    fromBeginning: boolean;
  }
  export default class Cluster {
    constructor(options: Record<string, unknown>);
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    addMultipleTargetTopics(topics: string[]): Promise<void>;
    findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
    findBroker(query: { nodeId: string | number }): Promise<KafkaBroker>;
    findGroupCoordinator(query: { groupId: string }): Promise<KafkaBroker>;
    fetchTopicsOffset(
      queries: OffsetQuery[],
    ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  }
}

declare module 'kafkajs/src/network/socketFactory.js' {
  export default function socketFactory(): unknown;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  export default function fetchRequest(options: {
    replicaId: number;
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: {
      topic: string;
      partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
    }[];
  }): unknown;
}

declare module 'kafkajs/src/protocol/message/compression/index.js' {
  const compression: {
    lookupCodecByAttributes(
      attributes: number,
    ): { decompress(bytes: Buffer): Promise<Buffer> } | null;
  };
  export default compression;
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: { createErrorFromCode(code: number): Error };
  export default errors;
}
