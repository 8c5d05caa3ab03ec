import type { LogWriter, OutgoingRecord } from './ports.ts';

/** A writer takes one send at a time; of callers who do not know of each other each waits for the one before. */
export function sendInTurn(writer: LogWriter): LogWriter {
  let last: Promise<void> = Promise.resolve();
  return {
    send: (records: readonly OutgoingRecord[]) => {
      last = last.catch(() => {}).then(() => writer.send(records));
      return last;
    },
    close: () => writer.close(),
  };
}
