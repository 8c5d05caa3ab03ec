import { ContractFault, parseStrictJson, readIntakeEvent } from '@strata/contracts';
import { type FileFormat, type FileRefusal, type FormatSink, itself } from './file-format.ts';
import { eachLine } from './file-lines.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** NDJSON of the intake contract: one event a line, by the same rules as the ingestor's. */
export const eventsFormat: FileFormat = {
  name: 'events',
  currency: null,
  files: itself,
  async read(input, sink) {
    const file = await input.open(input.path);
    let number = 0;
    await eachLine(file.stream, (bytes) => {
      const isFirst = number === 0;
      const line =
        isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
      if (isBlank(line)) return;
      number++;
      readLine(line, { file: file.name, record: number }, sink);
    });
  },
};

function readLine(
  line: Buffer,
  place: Pick<FileRefusal, 'file' | 'record'>,
  sink: FormatSink,
): void {
  // The chunk that the line is a view of must not stay in memory for a refused line.
  const refuse = (reason: FileRefusal['reason'], field: string | null): void =>
    sink.refuse({ ...place, raw: Uint8Array.from(line), reason, field });
  try {
    const result = readIntakeEvent(parseStrictJson(line));
    if (result.kind === 'event') sink.events([result.event]);
    else refuse(result.reason, result.field);
  } catch (fault) {
    if (!(fault instanceof ContractFault)) throw fault;
    refuse(fault.reason, fault.field);
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}
