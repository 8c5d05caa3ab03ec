import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can hand requests on and keep the replies to itself. */
export interface LossyProxy {
  readonly port: number;
  /** Replies are swallowed from now on, while requests still arrive. */
  loseReplies(): void;
  /** Waits until a reply was swallowed since `loseReplies`, then breaks every connection and works normally again. */
  breakAfterLostReply(): Promise<void>;
  close(): Promise<void>;
}

export async function startLossyProxy(targetPort: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let isLosing = false;
  let lost = Promise.withResolvers<void>();

  function watch(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    watch(client);
    watch(target);
    client.on('data', (chunk) => target.write(chunk));
    target.on('data', (chunk) => {
      if (isLosing) lost.resolve();
      else client.write(chunk);
    });
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    port: address.port,
    loseReplies() {
      lost = Promise.withResolvers();
      isLosing = true;
    },
    async breakAfterLostReply() {
      await lost.promise;
      isLosing = false;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
