import { type DayRate, NO_RATES, type RateSeries, type Rates } from '@strata/domain';

import { damaged } from './byte-reader.ts';
import { StateCodecError } from './state-codec-error.ts';

const RATES_CODEC_VERSION = 1;

interface StoredRates {
  readonly version: number;
  readonly number: number;
  readonly series: StoredSeries;
  readonly corrections: readonly {
    readonly number: number;
    /** Null before the first mark: JSON has no minus infinity. */
    readonly since: number | null;
    readonly offset: number;
    readonly series: StoredSeries;
  }[];
}

/** `day:rate day:rate` by pair: there may be thousands of days. */
type StoredSeries = Readonly<Record<string, string>>;

/** What a partition converts by, apart from its other state because it changes so much less often. */
export function encodeRates({ number, series, corrections }: Rates): Uint8Array {
  const stored: StoredRates = {
    version: RATES_CODEC_VERSION,
    number,
    series: storedSeries(series),
    corrections: corrections.map((it) => ({
      number: it.number,
      since: it.since === Number.NEGATIVE_INFINITY ? null : it.since,
      offset: it.offset,
      series: storedSeries(it.series),
    })),
  };
  return new TextEncoder().encode(JSON.stringify(stored));
}

/** None were stored before the first. */
export function decodeRates(bytes: Uint8Array | undefined): Rates {
  if (bytes === undefined) return NO_RATES;
  const stored = parse(bytes);
  if (stored.version !== RATES_CODEC_VERSION) {
    throw new StateCodecError(
      'STRATA_STATE_CODEC_VERSION',
      `stored rates have layout ${String(stored.version)}, this build reads up to ${RATES_CODEC_VERSION}: ` +
        'run the newer build, or rebuild this partition from the customer log',
    );
  }
  return {
    number: stored.number,
    series: knownSeries(stored.series),
    corrections: stored.corrections.map(({ number, since, offset, series }) => ({
      number,
      since: since ?? Number.NEGATIVE_INFINITY,
      offset,
      series: knownSeries(series),
    })),
  };
}

function storedSeries(series: RateSeries): StoredSeries {
  const pairs = Object.entries(series).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    pairs.map(([pair, days]) => [pair, days.map(({ day, rate }) => `${day}:${rate}`).join(' ')]),
  );
}

function knownSeries(series: StoredSeries): RateSeries {
  return Object.fromEntries(
    Object.entries(series).map(([pair, days]) => [pair, days.split(' ').map(dayRateOf)]),
  );
}

function dayRateOf(text: string): DayRate {
  const [, day, rate] = /^(-?\d+):([\d.]+)$/.exec(text) ?? [];
  if (day === undefined || rate === undefined) throw damaged('a rate is no day and decimal');
  return { day: Number(day), rate };
}

function parse(bytes: Uint8Array): StoredRates {
  try {
    const stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredRates | null;
    if (stored !== null && typeof stored === 'object') return stored;
  } catch {
    // Falls through to the one sentence that names the remedy.
  }
  throw damaged('the rates of a partition are no JSON object');
}
