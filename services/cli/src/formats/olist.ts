import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CustomerEvent } from '@strata/domain';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import { eachNamedRecord } from './csv-records.ts';
import { exactDecimal, minorOf } from './decimal-amount.ts';
import type { FileFormat, FileRefusal, FormatInput, FormatSink } from './file-format.ts';
import { formatTexts } from './format-texts.ts';
import { zonelessInstant } from './zoneless-instant.ts';

const SOURCE = 'olist';
const CURRENCY = 'BRL';
const CENTAVOS = 2;
const CANCELLED_STATES = new Set(['canceled', 'unavailable']);
const COMPLAINT_SEVERITY = new Map([
  [1, 'high' as const],
  [2, 'medium' as const],
]);
const STARS = 5;

/** A record that becomes part of an order which is read later. */
interface HeldRecord {
  readonly refusal: Omit<FileRefusal, 'reason' | 'field'>;
}
interface HeldCustomer extends HeldRecord {
  readonly personId: string;
}
interface HeldPayment extends HeldRecord {
  readonly minor: number;
}

interface Reading {
  readonly input: FormatInput;
  readonly sink: FormatSink;
  readonly language: Language;
}

/** The parts of orders whose order has not been read; what is left at the end belongs to none. */
interface Tables {
  readonly customers: Map<string, HeldCustomer[]>;
  readonly payments: Map<string, HeldPayment[]>;
  /** Customers of which an order has been read: their records are parts of it. */
  readonly knownCustomers: Map<string, string>;
  /** The person of each order that became an event. */
  readonly personOfOrder: Map<string, string>;
}

/**
 * A folder of Olist's tables. An order with its payments and its customer is one purchase; a review is feedback and,
 * with one or two stars, a complaint. Order items and products are not read: the payments say what was paid.
 */
export function olistFormat(language: Language): FileFormat {
  return {
    name: 'olist',
    currency: CURRENCY,
    files: async (path) => Object.values(await findTables(path, language)),
    async read(input, sink) {
      const reading: Reading = { input, sink, language };
      const paths = await findTables(input.path, language);
      const tables: Tables = {
        customers: new Map(),
        payments: new Map(),
        knownCustomers: new Map(),
        personOfOrder: new Map(),
      };
      await readCustomers(reading, paths.olist_customers, tables);
      await readPayments(reading, paths.olist_order_payments, tables);
      await readOrders(reading, paths.olist_orders, tables);
      await readReviews(reading, paths.olist_order_reviews, tables);
      refuseRest(sink, tables);
    },
  };
}

const TABLES = [
  'olist_orders',
  'olist_customers',
  'olist_order_payments',
  'olist_order_reviews',
] as const;
type Table = (typeof TABLES)[number];

/** Kaggle's copies carry `_dataset` in their names. */
async function findTables(path: string, language: Language): Promise<Record<Table, string>> {
  const texts = formatTexts(language);
  const names = await readdir(path).catch((fault: NodeJS.ErrnoException) => {
    const sentence = fault.code === 'ENOENT' ? texts.noFile(path) : texts.needsFolder(path);
    throw new CliFault('STRATA_CLI_NO_FILE', sentence, fault);
  });
  const found = TABLES.map((table) => {
    const pattern = new RegExp(`^${table}(_dataset)?\\.csv(\\.gz)?$`);
    const name = names.toSorted().find((candidate) => pattern.test(candidate));
    if (name === undefined) {
      throw new CliFault('STRATA_CLI_NO_FILE', texts.folderLacks(path, table));
    }
    return [table, join(path, name)] as const;
  });
  return Object.fromEntries(found) as Record<Table, string>;
}

interface TableRecord<C extends string> {
  readonly field: (column: C) => string;
  readonly refusal: Omit<FileRefusal, 'reason' | 'field'>;
}

async function eachRecord<const C extends string>(
  { input, sink, language }: Reading,
  table: { readonly path: string; readonly wanted: readonly C[] },
  onRecord: (record: TableRecord<C>) => void,
): Promise<void> {
  const file = await input.open(table.path);
  const refusalOf = (record: number, raw: string): Omit<FileRefusal, 'reason' | 'field'> => ({
    file: file.name,
    record,
    raw: Buffer.from(raw),
  });
  await eachNamedRecord(file, {
    wanted: table.wanted,
    onRecord: ({ number, raw, field }) => onRecord({ field, refusal: refusalOf(number, raw) }),
    onBroken: (number, raw) =>
      sink.refuse({ ...refusalOf(number, raw), reason: 'bad-row', field: null }),
    onMissing: (columns) =>
      new CliFault(
        'STRATA_CLI_BROKEN_FILE',
        formatTexts(language).lacksColumns(file.name, columns.join(', ')),
      ),
  });
}

async function readCustomers(reading: Reading, path: string, tables: Tables): Promise<void> {
  const wanted = ['customer_id', 'customer_unique_id'] as const;
  await eachRecord(reading, { path, wanted }, ({ field, refusal }) => {
    const personId = field('customer_unique_id');
    if (personId === '') {
      reading.sink.refuse({ ...refusal, reason: 'no-customer', field: 'customer_unique_id' });
    } else hold(tables.customers, field('customer_id'), { personId, refusal });
  });
}

async function readPayments(reading: Reading, path: string, tables: Tables): Promise<void> {
  const wanted = ['order_id', 'payment_value'] as const;
  await eachRecord(reading, { path, wanted }, ({ field, refusal }) => {
    const value = exactDecimal(field('payment_value'));
    const minor = value === null ? null : minorOf(value, CENTAVOS);
    if (minor === null || minor < 0) {
      reading.sink.refuse({ ...refusal, reason: 'bad-price', field: 'payment_value' });
    } else hold(tables.payments, field('order_id'), { minor, refusal });
  });
}

async function readOrders(reading: Reading, path: string, tables: Tables): Promise<void> {
  const { sink, input } = reading;
  const wanted = ['order_id', 'customer_id', 'order_status', 'order_purchase_timestamp'] as const;
  await eachRecord(reading, { path, wanted }, ({ field, refusal }) => {
    const orderId = field('order_id');
    if (orderId === '') {
      sink.refuse({ ...refusal, reason: 'bad-row', field: 'order_id' });
      return;
    }
    const customerId = field('customer_id');
    const customers = tables.customers.get(customerId) ?? [];
    const personId = tables.knownCustomers.get(customerId) ?? customers[0]?.personId;
    if (personId === undefined) {
      sink.refuse({ ...refusal, reason: 'no-customer', field: 'customer_id' });
      return;
    }
    const occurredAt = zonelessInstant(field('order_purchase_timestamp'), input.timeZone);
    if (occurredAt === null) {
      sink.refuse({ ...refusal, reason: 'bad-time', field: 'order_purchase_timestamp' });
      return;
    }
    const payments = tables.payments.get(orderId);
    if (payments === undefined && !tables.personOfOrder.has(orderId)) {
      sink.refuse({ ...refusal, reason: 'no-payment', field: 'order_id' });
      return;
    }
    // Only now are the customer and the payments parts of an event.
    tables.customers.delete(customerId);
    tables.payments.delete(orderId);
    for (const _ of [...customers, ...(payments ?? [])]) sink.part();
    tables.knownCustomers.set(customerId, personId);
    tables.personOfOrder.set(orderId, personId);
    const base = { source: SOURCE, customerId: personId, occurredAt };
    const order = { orderSource: SOURCE, orderId };
    const minor = (payments ?? []).reduce((sum, payment) => sum + payment.minor, 0);
    const amount = { minor, currency: CURRENCY };
    const events: CustomerEvent[] = [
      { type: 'purchase', eventId: orderId, ...base, ...order, amount },
    ];
    // The tables do not say when an order was cancelled.
    if (CANCELLED_STATES.has(field('order_status'))) {
      events.push({ type: 'order-cancelled', eventId: `${orderId}:cancelled`, ...base, ...order });
    }
    sink.events(events);
  });
}

async function readReviews(reading: Reading, path: string, tables: Tables): Promise<void> {
  const { sink, input } = reading;
  const wanted = ['review_id', 'order_id', 'review_score', 'review_creation_date'] as const;
  await eachRecord(reading, { path, wanted }, ({ field, refusal }) => {
    const customerId = tables.personOfOrder.get(field('order_id'));
    if (customerId === undefined) {
      sink.refuse({ ...refusal, reason: 'no-order', field: 'order_id' });
      return;
    }
    const score = /^[1-5]$/.test(field('review_score')) ? Number(field('review_score')) : null;
    if (score === null) {
      sink.refuse({ ...refusal, reason: 'bad-field', field: 'review_score' });
      return;
    }
    const occurredAt = zonelessInstant(field('review_creation_date'), input.timeZone);
    if (occurredAt === null) {
      sink.refuse({ ...refusal, reason: 'bad-time', field: 'review_creation_date' });
      return;
    }
    // One review id can serve several orders, and one order can have several reviews.
    const id = `${field('review_id')}+${field('order_id')}`;
    const base = { source: SOURCE, customerId, occurredAt };
    const events: CustomerEvent[] = [
      { type: 'feedback', eventId: id, ...base, score, scale: STARS },
    ];
    const severity = COMPLAINT_SEVERITY.get(score);
    if (severity !== undefined) {
      // Its own id: the feedback has that of the review, and the same id again would be a repeat.
      const eventId = `${id}:complaint`;
      events.push({ type: 'complaint', eventId, ...base, ticketId: id, severity });
    }
    sink.events(events);
  });
}

function refuseRest(sink: FormatSink, { customers, payments }: Tables): void {
  for (const { refusal } of [...customers.values(), ...payments.values()].flat()) {
    const field = refusal.file.includes('payments') ? 'order_id' : 'customer_id';
    sink.refuse({ ...refusal, reason: 'no-order', field });
  }
}

function hold<T>(map: Map<string, T[]>, key: string, value: T): void {
  const held = map.get(key);
  if (held === undefined) map.set(key, [value]);
  else held.push(value);
}
