/** When an endpoint that takes nothing is left alone, and for how long. */
export interface BreakerSettings {
  /** Failures in a row after which nothing is sent for a while. */
  readonly failures: number;
  /** Doubled each time that it fails again, up to the maximum. */
  readonly holdMs: number;
  readonly holdMsMax: number;
}

export const BREAKER: BreakerSettings = { failures: 5, holdMs: 5_000, holdMsMax: 300_000 };

interface Circuit {
  readonly failures: number;
  readonly heldUntilMs: number;
  readonly holdMs: number;
}

const CLOSED: Circuit = { failures: 0, heldUntilMs: 0, holdMs: 0 };

/**
 * Spares an endpoint that is down the deliveries that would only fail, and them their attempts. After the hold what
 * comes next is the probe: one success closes the circuit, one failure holds for longer.
 */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #circuits = new Map<string, Circuit>();

  constructor(settings: BreakerSettings = BREAKER) {
    this.#settings = settings;
  }

  taken(endpoint: string): void {
    this.#circuits.delete(endpoint);
  }

  /** `askedMs`: how long the endpoint asked to be left alone. Answers how long to hold it, null for not at all. */
  failed(endpoint: string, nowMs: number, askedMs = 0): number | null {
    const { failures: failuresMax, holdMs: firstMs, holdMsMax } = this.#settings;
    const circuit = this.#circuits.get(endpoint) ?? CLOSED;
    // What was on its way when the hold began says nothing new.
    if (nowMs < circuit.heldUntilMs) return null;
    const failures = circuit.failures + 1;
    const isOpen = failures >= failuresMax;
    const ownMs = isOpen ? Math.min(Math.max(firstMs, circuit.holdMs * 2), holdMsMax) : 0;
    const holdMs = Math.max(ownMs, Math.min(askedMs, holdMsMax));
    const heldUntilMs = nowMs + holdMs;
    this.#circuits.set(endpoint, { failures, heldUntilMs, holdMs: ownMs });
    return holdMs > 0 ? holdMs : null;
  }
}
