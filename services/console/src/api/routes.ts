import { describeRoute, openApiText } from './describe-route.ts';
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
  readonly subscriptions: SubscriptionRouteParts;
}

/** The table of the API: every route, in the order of the document. */
export function apiRoutes({ customers, tiers, subscriptions }: ApiRouteParts): readonly ApiRoute[] {
  const routes = [
    ...customerRoutes(customers),
    ...tierRoutes(tiers),
    ...subscriptionRoutes(subscriptions),
  ];
  return [...routes, describeRoute(routes)];
}

/** The table without a console: its routes are described, and none is called. */
export function describedRoutes(): readonly ApiRoute[] {
  return apiRoutes({ customers: {}, tiers: {}, subscriptions: {} } as ApiRouteParts);
}

export function describedApi(): string {
  return openApiText(describedRoutes());
}
