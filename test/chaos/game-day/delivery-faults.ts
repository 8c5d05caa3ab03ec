import { type GameFault, NOTICED_WITHIN_SECONDS } from './game-fault.ts';
import type { Mood } from './moody-endpoint.ts';

function inMood(mood: Mood): Pick<GameFault, 'strike' | 'mend'> {
  return {
    strike: async ({ endpoint }) => void (endpoint.mood = mood),
    mend: async ({ endpoint }) => void (endpoint.mood = 'right'),
  };
}

export const ENDPOINT_SLOW: GameFault = {
  name: 'endpoint-slow',
  harm: 'A webhook endpoint takes 3 s for each answer',
  alarms: { StrataEndpointSlow: NOTICED_WITHIN_SECONDS },
  remedy: 'Its owner lets it answer first and work afterwards',
  ...inMood('slow'),
};

export const ENDPOINT_FAILING: GameFault = {
  name: 'endpoint-failing',
  harm: 'A webhook endpoint answers 503 to everything',
  alarms: { StrataEndpointFailing: NOTICED_WITHIN_SECONDS },
  remedy: 'Its owner mends it; it is tried again along the ladder by itself',
  ...inMood('failing'),
};
