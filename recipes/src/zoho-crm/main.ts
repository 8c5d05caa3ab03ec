import { runRecipe } from '../run-recipe.ts';
import { textOf, tierValuesOf, urlOf } from '../settings.ts';
import { ZohoWriter } from './zoho-writer.ts';

runRecipe(
  (env) =>
    new ZohoWriter({
      accountsUrl: urlOf(env, 'ZOHO_ACCOUNTS_URL'),
      clientId: textOf(env, 'ZOHO_CLIENT_ID'),
      clientSecret: textOf(env, 'ZOHO_CLIENT_SECRET'),
      refreshToken: textOf(env, 'ZOHO_REFRESH_TOKEN'),
      module: env['ZOHO_MODULE'] ?? 'Accounts',
      tierValues: tierValuesOf(env, 'TIER_VALUES'),
      nowMs: Date.now,
    }),
);
