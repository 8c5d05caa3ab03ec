import type { DeadLetterReason } from '@strata/contracts';
import type { Purchase } from '@strata/domain';
import { exactDecimal, minorOf } from './decimal-amount.ts';
import { type FileFormat, itself } from './file-format.ts';
import { eachLine } from './file-lines.ts';
import { zonelessInstant } from './zoneless-instant.ts';

const SOURCE = 'cdnow';
const CURRENCY = 'USD';
const CENTS = 2;
const HEADER_START = 'customer_id';

type RowResult = Purchase | { readonly reason: DeadLetterReason; readonly field: string | null };

/**
 * CDNOW's purchase log: customer, date, quantity and dollars between spaces, with or without a header line. Equal rows are
 * separate orders, so the record's number is the identity, never its content.
 */
export const cdnowFormat: FileFormat = {
  name: 'cdnow',
  currency: CURRENCY,
  files: itself,
  async read(input, sink) {
    const file = await input.open(input.path);
    let number = 0;
    await eachLine(file.stream, (line) => {
      const text = line.toString('utf8').trim();
      if (text === '') return;
      if (number === 0 && text.startsWith(HEADER_START)) return;
      number++;
      const row = readRow(text, number, input.timeZone);
      if ('reason' in row)
        sink.refuse({ file: file.name, record: number, raw: Uint8Array.from(line), ...row });
      else sink.events([row]);
    });
  },
};

function readRow(text: string, number: number, timeZone: string): RowResult {
  const [customerId = '', date = '', quantity, dollars = '', ...rest] = text.split(/\s+/);
  if (quantity === undefined || dollars === '' || rest.length > 0) {
    return { reason: 'bad-row', field: null };
  }
  const occurredAt = zonelessInstant(date, timeZone);
  if (occurredAt === null) return { reason: 'bad-time', field: 'date' };
  const amount = exactDecimal(dollars);
  const minor = amount === null ? null : minorOf(amount, CENTS);
  if (minor === null || minor < 0) return { reason: 'bad-price', field: 'dollar_value' };
  const id = String(number);
  return {
    type: 'purchase',
    source: SOURCE,
    eventId: id,
    customerId,
    occurredAt,
    orderSource: SOURCE,
    orderId: id,
    amount: { minor, currency: CURRENCY },
  };
}
