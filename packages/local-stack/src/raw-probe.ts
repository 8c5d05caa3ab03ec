import { connect } from 'node:net';

/** The request every Kafka broker answers without a session: ApiVersions, version 0. */
const API_VERSIONS_REQUEST = Buffer.from('0000000a0012000000000001ffff', 'hex');

/** Redis answers with an error while it still loads its append-only file. */
export function answersPing(port: number): Promise<boolean> {
  return exchange(port, Buffer.from('PING\r\n'), (answer) =>
    answer.includes('\n') ? answer.toString().startsWith('+PONG') : null,
  );
}

/** True when the broker processes requests, which is later than its port being open. */
export function answersApiVersions(port: number): Promise<boolean> {
  return exchange(port, API_VERSIONS_REQUEST, (answer) =>
    answer.length >= 10 ? answer.readInt32BE(4) === 1 && answer.readInt16BE(8) === 0 : null,
  );
}

/** True when the address answers 200 within a second. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** `judge` says yes, no, or null while the answer is not whole. */
function exchange(
  port: number,
  request: Buffer,
  judge: (answer: Buffer) => boolean | null,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = Buffer.alloc(0);
    const finish = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.on('connect', () => socket.write(request));
    socket.on('data', (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      const verdict = judge(answer);
      if (verdict !== null) finish(verdict);
    });
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
  });
}
