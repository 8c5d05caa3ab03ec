import type { ServerResponse } from 'node:http';
import {
  TIER_EXPORT_COLUMNS,
  TIER_EXPORT_CSV_HEADER,
  tierExportCsvLine,
  tierExportRow,
} from '@strata/contracts';
import { compareBytewise } from '@strata/domain';
import type { BoardEntry, TierBoard } from '../../live/tier-board.ts';
import { problem } from '../answer.ts';
import type { ApiMetrics } from '../api-metrics.ts';
import { type ApiRoute, defineRoute } from '../route.ts';
import { sortedInSlices } from './sorted-in-slices.ts';

export interface ExportRouteParts {
  readonly board: Pick<TierBoard, 'entries' | 'snapshotOf' | 'policy'>;
  /** Of `strata.tiers.v1`: the offset behind what the board holds, by partition. */
  readonly offsets: () => ReadonlyMap<number, number>;
  readonly isCatchingUp: () => boolean;
  readonly metrics: Pick<ApiMetrics, 'requests'>;
}

const PATH = '/v1/tiers.csv';
/** Exports that run at once; each holds a list of all customers. */
const EXPORTS_MAX = 2;
/** A reader that takes nothing for so long is cut off. */
const PATIENCE_MS = 30_000;

export function exportRoutes(parts: ExportRouteParts): readonly ApiRoute[] {
  let running = 0;
  return [
    defineRoute({
      method: 'GET',
      path: PATH,
      scope: 'profiles:read',
      operationId: 'exportTiers',
      summary: 'Where every customer stands, as CSV',
      description:
        `As \`./strata export tiers\` writes it: ${TIER_EXPORT_COLUMNS.join(', ')}; by customer id, bytewise. It is of one ` +
        'moment, that of its first byte; who has left is not in it.',
      produces: 'text/csv',
      answers: {
        200: {
          description: 'CSV (RFC 4180, LF, UTF-8).',
          type: 'text/csv',
          headers: {
            'Strata-Offsets':
              'What it covers: of each partition of strata.tiers.v1 the offset behind it, as partition:offset.',
          },
        },
      },
      problems: ['catching-up', 'too-many-exports'],
      handle: async ({ language, request, response }) => {
        if (parts.isCatchingUp()) return problem('catching-up', language);
        const offsets = [...parts.offsets()].map(([partition, next]) => `${partition}:${next}`);
        const headers = { 'strata-offsets': offsets.join(' ') };
        if (request.method === 'HEAD') {
          return { status: 200, type: 'text/csv; charset=utf-8', body: '', headers };
        }
        if (running >= EXPORTS_MAX) return problem('too-many-exports', language);
        running += 1;
        try {
          parts.metrics.requests.inc({ route: PATH, status: '200' });
          response.writeHead(200, {
            'content-type': 'text/csv; charset=utf-8',
            'cache-control': 'no-store',
            'x-content-type-options': 'nosniff',
            'content-disposition': 'attachment; filename="tiers.csv"',
            ...headers,
          });
          await writeAll(response, parts);
        } finally {
          running -= 1;
        }
        return null;
      },
    }),
  ];
}

async function writeAll(
  response: ServerResponse,
  { board }: Pick<ExportRouteParts, 'board'>,
): Promise<void> {
  // Taken at once: what the board learns from here on is not in it.
  const entries: readonly BoardEntry[] = board.entries();
  response.write(TIER_EXPORT_CSV_HEADER);
  const byId = (a: BoardEntry, b: BoardEntry): number => compareBytewise(a[0], b[0]);
  for await (const slice of sortedInSlices(entries, byId)) {
    const lines = slice.map(([, held]) => {
      const snapshot = board.snapshotOf(held);
      const { policy, tier } = snapshot;
      const label = tier === null ? undefined : board.policy(policy)?.labels[tier];
      return tierExportCsvLine(tierExportRow(snapshot, label));
    });
    if (!response.write(lines.join('')) && !(await isDrained(response))) {
      response.destroy();
      return;
    }
    if (response.destroyed) return;
  }
  response.end();
}

function isDrained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(false), PATIENCE_MS);
    const onDrain = (): void => settle(true);
    const onClose = (): void => settle(false);
    function settle(isReady: boolean): void {
      clearTimeout(timer);
      response.off('drain', onDrain);
      response.off('close', onClose);
      resolve(isReady);
    }
    response.once('drain', onDrain);
    response.once('close', onClose);
  });
}
