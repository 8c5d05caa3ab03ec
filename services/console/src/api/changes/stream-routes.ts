import type { Identity } from '@strata/contracts';
import { z } from 'zod';
import { type ApiAnswer, problem } from '../answer.ts';
import { type ApiRoute, defineRoute } from '../route.ts';
import { type ChangeFilter, filterQuery } from './change-filter.ts';
import { STREAM_ENDS } from './change-stream.ts';
import {
  type ChangeStreams,
  STREAM_HEADERS,
  STREAM_PATH,
  type StreamStart,
} from './change-streams.ts';

const query = z.strictObject({
  ...filterQuery,
  after: z
    .string()
    .max(32_768)
    .optional()
    .describe(
      'The id of the last event seen, as `Last-Event-ID`, which comes before it; `earliest` begins with what the log still has. ' +
        'Without either the stream begins now.',
    ),
});

export interface StreamRouteParts {
  readonly streams: ChangeStreams;
  readonly identity: Identity;
}

export function streamRoutes({ streams, identity }: StreamRouteParts): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: STREAM_PATH,
      scope: 'changes:read',
      operationId: 'streamTierChanges',
      summary: 'Tier changes as they come, as server-sent events',
      description:
        'The name of an event is the type of the change, its data the change as JSON, its id a point to resume from: everything ' +
        'behind it comes once, in order for each customer, also from a console that was started anew. `retired` tells that a customer ' +
        `is gone (erased or merged). \`end\` says why the console ends the stream: ${STREAM_ENDS.join(', ')}.`,
      query,
      headers: {
        'last-event-id': 'The id of the last event seen: browsers send it by themselves.',
      },
      produces: 'text/event-stream',
      answers: { 200: { description: 'The stream.', type: 'text/event-stream' } },
      problems: [
        'bad-resume-point',
        'resume-point-gone',
        'too-many-streams',
        'catching-up',
        'backend-away',
      ],
      handle: async ({ query: asked, headers, key, language, request, response }) => {
        const point = await streams.startPoint(startOf(headers['last-event-id'], asked.after));
        if (typeof point === 'string') {
          return problem(point === 'gone' ? 'resume-point-gone' : point, language);
        }
        if (request.method === 'HEAD') return headOnly();
        // Gone while the log was asked.
        if (request.socket.destroyed) return null;
        streams.open(
          { request, response },
          { from: point, filter: filterOf(asked, identity), key },
        );
        return null;
      },
    }),
  ];
}

function startOf(lastEventId: unknown, after: string | undefined): StreamStart {
  const text = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : after;
  if (text === undefined || text === '') return { kind: 'now' };
  return text === 'earliest' ? { kind: 'earliest' } : { kind: 'after', text };
}

function filterOf(asked: z.output<typeof query>, { ofWhole }: Identity): ChangeFilter {
  return {
    types: asked.type ?? null,
    tiers: asked.tier ?? null,
    directions: asked.direction ?? null,
    customerId: asked.customer === undefined ? null : ofWhole(asked.customer),
    hasBackfill: asked.backfill === 'true',
  };
}

function headOnly(): ApiAnswer {
  const { 'content-type': type, ...headers } = STREAM_HEADERS;
  return { status: 200, type, body: '', headers };
}
