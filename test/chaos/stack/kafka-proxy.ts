import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One request of a client, whole: its length, its header, its body. */
export interface KafkaRequest {
  readonly api: number;
  readonly bytes: Buffer;
}

export const PRODUCE = 0;

/** Stands before a broker and knows so much of its protocol that it can lose one reply, or hold one request back. */
export interface KafkaProxy {
  readonly port: number;
  /** How many replies were lost: the broker had answered, and the connection broke before the client heard. */
  readonly lost: number;
  /** Loses the replies to such requests from now on; null ends it. */
  loseReplies(to: ((request: KafkaRequest) => boolean) | null): void;
  /** Breaks the connection where such a request comes, and hands it to nobody; null ends it. */
  breakAt(which: ((request: KafkaRequest) => boolean) | null): void;
  /** Keeps the next such request; it goes on its way at `release`, even when its sender is dead by then. */
  holdNext(which: (request: KafkaRequest) => boolean): { readonly held: Promise<void> };
  release(): void;
  close(): Promise<void>;
}

const LENGTH_BYTES = 4;

/** Cuts a stream into frames of Kafka's protocol: four bytes of length, then so many bytes. */
function framed(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readInt32BE(0);
      if (rest.length < end) return;
      onFrame(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

export async function startKafkaProxy(ports: {
  readonly port: number;
  readonly target: number;
}): Promise<KafkaProxy> {
  const sockets = new Set<Socket>();
  let isLost: ((request: KafkaRequest) => boolean) | null = null;
  let isBroken: ((request: KafkaRequest) => boolean) | null = null;
  let isHeld: ((request: KafkaRequest) => boolean) | null = null;
  let holding = Promise.withResolvers<void>();
  let release = (): void => {};
  let lost = 0;

  function serve(client: Socket): void {
    const target = connect(ports.target, '127.0.0.1');
    let isWaiting = false;
    const losing = new Set<number>();
    for (const socket of [client, target]) {
      sockets.add(socket);
      // Small requests must not wait for the acknowledgement of those before.
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    const onRequest = (bytes: Buffer): void => {
      const request = { api: bytes.readInt16BE(LENGTH_BYTES), bytes };
      if (isBroken?.(request) === true) return void client.destroy();
      if (isLost?.(request) === true) losing.add(bytes.readInt32BE(LENGTH_BYTES + 4));
      if (isHeld?.(request) === true) {
        isHeld = null;
        isWaiting = true;
        const kept = Buffer.from(bytes);
        release = () => target.end(kept);
        holding.resolve();
      } else if (!isWaiting) target.write(bytes);
    };
    const onReply = (bytes: Buffer): void => {
      if (losing.has(bytes.readInt32BE(LENGTH_BYTES))) {
        lost += 1;
        client.destroy();
      } else client.write(bytes);
    };
    client.on('data', framed(onRequest));
    target.on('data', framed(onReply));
    client.on('close', () => {
      if (!isWaiting) target.destroy();
    });
    target.on('close', () => client.destroy());
  }

  const server = createServer(serve).listen(ports.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: ports.port,
    get lost() {
      return lost;
    },
    loseReplies(to) {
      isLost = to;
    },
    breakAt(which) {
      isBroken = which;
    },
    holdNext(which) {
      holding = Promise.withResolvers();
      isHeld = which;
      return { held: holding.promise };
    },
    release: () => release(),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
