import { type StreamRouteParts, streamRoutes } from './changes/stream-routes.ts';
import { describeRoute, openApiText } from './describe-route.ts';
import { type ExportRouteParts, exportRoutes } from './export/export-route.ts';
import { type CustomerRouteParts, customerRoutes } from './profiles/customer-routes.ts';
import { tierRoutes } from './profiles/tier-routes.ts';
import type { TierWalkParts } from './profiles/walk-tier.ts';
import type { ApiRoute } from './route.ts';
import type { SubscriptionRouteParts } from './subscriptions/subscription-parts.ts';
import { subscriptionRoutes } from './subscriptions/subscription-routes.ts';

/** What the handlers of the routes work with. */
export interface ApiRouteParts {
  readonly customers: CustomerRouteParts;
  readonly tiers: TierWalkParts;
  readonly changes: StreamRouteParts;
  readonly exports: ExportRouteParts;
  readonly subscriptions: SubscriptionRouteParts;
}

/** The table of the API: every route, in the order of the document. */
export function apiRoutes(parts: ApiRouteParts): readonly ApiRoute[] {
  const routes = [
    ...customerRoutes(parts.customers),
    ...tierRoutes(parts.tiers),
    ...exportRoutes(parts.exports),
    ...streamRoutes(parts.changes),
    ...subscriptionRoutes(parts.subscriptions),
  ];
  return [...routes, describeRoute(routes)];
}

/** The table without a console: its routes are described, and none is called. */
export function describedRoutes(): readonly ApiRoute[] {
  return apiRoutes({
    customers: {},
    tiers: {},
    changes: {},
    exports: {},
    subscriptions: {},
  } as ApiRouteParts);
}

export function describedApi(): string {
  return openApiText(describedRoutes());
}
