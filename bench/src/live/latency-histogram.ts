import { build, type Histogram } from 'hdr-histogram-js';

/** Latencies of one phase, in milliseconds with three digits, from a microsecond to ten minutes. */
export class LatencyHistogram {
  readonly #us: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600_000_000,
    numberOfSignificantValueDigits: 3,
  });

  record(ms: number): void {
    this.#us.recordValue(Math.max(1, Math.round(ms * 1_000)));
  }

  get count(): number {
    return this.#us.totalCount;
  }

  atMs(percentile: number): number {
    return this.#us.getValueAtPercentile(percentile) / 1_000;
  }

  get maxMs(): number {
    return this.#us.maxValue / 1_000;
  }
}
