import { z } from 'zod';

export const SERVICE_NAMES = ['ingestor', 'scorer', 'notifier', 'console'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What a service says of itself at `/healthz`; `details` are its own figures. */
export interface ServiceAnswer {
  readonly isLive: boolean;
  readonly isReady: boolean;
  readonly reasons: readonly string[];
  readonly details: unknown;
}

/** One process that was asked; a null answer is one that did not come. */
export interface AskedService {
  readonly service: ServiceName;
  readonly answer: ServiceAnswer | null;
}

/** Where a process of a service tells how it is: its health server, without a path. */
export interface ServiceAddress {
  readonly service: ServiceName;
  readonly url: string;
}

/** Whoever looks at all services does not wait longer for one that hangs. */
const PATIENCE_MS = 2_000;

const answerSchema = z.object({
  isLive: z.boolean(),
  isReady: z.boolean(),
  reasons: z.array(z.string()),
  details: z.unknown(),
});

/** Never throws: a process that is gone, hangs or answers something else has not answered. */
export async function askService(
  { service, url }: ServiceAddress,
  patienceMs = PATIENCE_MS,
): Promise<AskedService> {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(new URL('/healthz', url), { signal });
    return { service, answer: answerSchema.parse(await response.json()) };
  } catch {
    return { service, answer: null };
  }
}

export function askServices(addresses: readonly ServiceAddress[]): Promise<AskedService[]> {
  return Promise.all(addresses.map((address) => askService(address)));
}

/** The same of a service in this very process. */
export function answerOf(
  service: ServiceName,
  report: {
    readonly isLive: boolean;
    readonly reasons: readonly string[];
    readonly details?: unknown;
  },
): AskedService {
  const { isLive, reasons, details } = report;
  return {
    service,
    answer: { isLive, isReady: isLive && reasons.length === 0, reasons, details },
  };
}
