import { currencyExponent, isCurrency, type Money } from '@strata/domain';
import {
  decimalReader,
  type ExactDecimal,
  minorOf,
  product,
  roundedMinorOf,
} from './decimal-amount.ts';
import type { AmountDocument, Reference } from './document-schema.ts';
import { listed, stripped } from './field-value.ts';
import { type Binding, firstText, nameOf, textReader } from './reference.ts';
import { RowFault } from './row-fault.ts';
import type { Scope } from './source-row.ts';

export interface AmountReader {
  readonly read: (scope: Scope) => Money | null;
  readonly column: string;
}

interface AmountContext {
  readonly binding: Binding;
  /** Of the map; null where it names none. */
  readonly currency: string | null;
}

type ReadDecimal = (scope: Scope) => ExactDecimal | null;

/** Reads money: exact, in minor units, null where the row says nothing. */
export function amountReader(amount: AmountDocument, context: AmountContext): AmountReader {
  const { binding } = context;
  const { price, quantity, absolute, round } = amount;
  const of = price ?? amount.major ?? amount.minor ?? '';
  const column = nameOf(of);
  const currencyOf = currencyReader(amount, context);
  const valueOf = decimalOf(of, amount, binding);
  const quantityOf = quantity === undefined ? null : quantityReader(quantity, amount, binding);
  const isMinor = amount.minor !== undefined;
  const isRounded = round === 'half-even' || quantityOf !== null;
  const read = (scope: Scope): Money | null => {
    const count = quantityOf === null ? null : quantityOf(scope);
    const value = valueOf(scope);
    if (value === null) return null;
    const whole = count === null ? value : product(count, value);
    const currency = currencyOf(scope);
    const exponent = isMinor ? 0 : (currencyExponent(currency) ?? 0);
    const exact = whole === null ? null : (isRounded ? roundedMinorOf : minorOf)(whole, exponent);
    const minor = exact !== null && absolute === true ? Math.abs(exact) : exact;
    if (minor === null || minor < 0 || (absolute !== true && value.digits < 0)) {
      throw new RowFault('bad-price', column);
    }
    return { minor, currency };
  };
  return { read, column };
}

/** Null for a cell that says nothing; one that is no number refuses the row. */
function decimalOf(reference: Reference, amount: AmountDocument, binding: Binding): ReadDecimal {
  const text = textReader(reference, binding);
  const decimal = decimalReader({
    decimal: amount.decimal_mark ?? '.',
    group: amount.group_mark ?? null,
  });
  const off = {
    prefixes: listed(amount.without_prefix),
    suffixes: listed(amount.without_suffix),
  };
  const strips = off.prefixes.length + off.suffixes.length > 0;
  const column = nameOf(reference);
  return (scope) => {
    const written = text(scope);
    if (written === null) return null;
    const value = decimal((strips ? stripped(written, off) : written) ?? '');
    if (value === null) throw new RowFault('bad-price', column);
    return value;
  };
}

/** What was sold is more than nothing; what came back may be written with either sign. */
function quantityReader(
  reference: Reference,
  amount: AmountDocument,
  binding: Binding,
): (scope: Scope) => ExactDecimal {
  const text = textReader(reference, binding);
  const decimal = decimalReader({
    decimal: amount.decimal_mark ?? '.',
    group: amount.group_mark ?? null,
  });
  const column = nameOf(reference);
  return (scope) => {
    const count = decimal(text(scope) ?? '');
    if (count === null || (amount.absolute !== true && count.digits <= 0)) {
      throw new RowFault('bad-quantity', column);
    }
    return count;
  };
}

function currencyReader(
  { currency }: AmountDocument,
  { binding, currency: ofMap }: AmountContext,
): (scope: Scope) => string {
  if (typeof currency !== 'object') {
    const fixed = currency ?? ofMap ?? '';
    return () => fixed;
  }
  // A file without the column is in the currency of the map.
  const text = firstText(currency.from, binding, ofMap !== null);
  const column = nameOf(currency.from);
  return (scope) => {
    const code = (text(scope) ?? ofMap ?? '').toUpperCase();
    if (!isCurrency(code)) throw new RowFault('unknown-currency', column);
    return code;
  };
}
