import type { DeadLetterReason } from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import { type Columns, columnsOf, eachCsvRecord } from './csv-records.ts';
import { exactDecimal, productMinor } from './decimal-amount.ts';
import { type FileFormat, itself } from './file-format.ts';
import { zonelessInstant } from './zoneless-instant.ts';

const SOURCE = 'online-retail';
const CURRENCY = 'GBP';
const PENCE = 2;
const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;
type Column = (typeof COLUMNS)[number];
const WHOLE_NUMBER = /^-?\d{1,15}$/;

type RowResult =
  | { readonly event: CustomerEvent }
  | { readonly reason: DeadLetterReason; readonly field: Column | null };

interface Row {
  readonly number: number;
  readonly timeZone: string;
  readonly field: (column: Column) => string;
}

/** UCI Online Retail: the rows of an invoice are the parts of one order. The header may be left out. */
export const onlineRetailFormat: FileFormat = {
  name: 'online-retail',
  currency: CURRENCY,
  files: itself,
  async read(input, sink) {
    const file = await input.open(input.path);
    let number = 0;
    let columns: Columns<Column> | null = null;
    const refuse = (raw: string, reason: DeadLetterReason, field: string | null): void =>
      sink.refuse({ file: file.name, record: number, reason, field, raw: Buffer.from(raw) });
    await eachCsvRecord(file.stream, {
      onBroken: (raw) => {
        number++;
        refuse(raw, 'bad-row', null);
      },
      onRecord: ({ fields, raw }) => {
        if (columns === null) {
          const found = columnsOf(fields, COLUMNS);
          columns = 'columns' in found ? found.columns : IN_ORDER;
          if ('columns' in found) return;
        }
        number++;
        if (fields.length !== COLUMNS.length) {
          refuse(raw, 'bad-row', null);
          return;
        }
        const places = columns;
        const field = (column: Column): string => fields[places[column]] ?? '';
        const row = readRow({ number, timeZone: input.timeZone, field });
        if ('event' in row) sink.events([row.event]);
        else refuse(raw, row.reason, row.field);
      },
    });
  },
};

const IN_ORDER = Object.fromEntries(COLUMNS.map((name, index) => [name, index])) as Columns<Column>;

/** Whoever is unknown is said first: most rows without a customer have other faults as well. */
function readRow({ number, timeZone, field }: Row): RowResult {
  const customerId = field('CustomerID').trim().replace(/\.0$/, '');
  if (customerId === '') return { reason: 'no-customer', field: 'CustomerID' };
  const orderId = field('InvoiceNo').trim();
  // An 'A' invoice writes off bad debt: nobody bought anything.
  if (orderId === '' || orderId.startsWith('A')) return { reason: 'bad-row', field: 'InvoiceNo' };
  const occurredAt = zonelessInstant(field('InvoiceDate').trim(), timeZone);
  if (occurredAt === null) return { reason: 'bad-time', field: 'InvoiceDate' };
  const isReturn = orderId.startsWith('C');
  const quantity = WHOLE_NUMBER.test(field('Quantity')) ? Number(field('Quantity')) : Number.NaN;
  if (Number.isNaN(quantity) || (!isReturn && quantity <= 0)) {
    return { reason: 'bad-quantity', field: 'Quantity' };
  }
  const price = exactDecimal(field('UnitPrice'));
  const minor = price === null ? null : productMinor(quantity, price, PENCE);
  if (price === null || minor === null || (!isReturn && price.digits < 0)) {
    return { reason: 'bad-price', field: 'UnitPrice' };
  }
  const base = { source: SOURCE, eventId: String(number), customerId, occurredAt };
  const amount = { minor, currency: CURRENCY };
  // A return names its own invoice, not the one it undoes: it is a refund without order.
  if (isReturn) return { event: { type: 'refund', ...base, amount } };
  return { event: { type: 'purchase', ...base, orderSource: SOURCE, orderId, amount } };
}
