import { runRecipe } from '../run-recipe.ts';
import { textOf, tierValuesOf, urlOf } from '../settings.ts';
import { FxiaokeWriter } from './fxiaoke-writer.ts';

/** Two calls a second. */
const SPACING_MS = 500;

runRecipe(
  (env) =>
    new FxiaokeWriter({
      baseUrl: urlOf(env, 'FXIAOKE_URL'),
      appId: textOf(env, 'FXIAOKE_APP_ID'),
      appSecret: textOf(env, 'FXIAOKE_APP_SECRET'),
      refreshToken: textOf(env, 'FXIAOKE_REFRESH_TOKEN'),
      employeeId: textOf(env, 'FXIAOKE_EMPLOYEE_ID'),
      customerField: env['FXIAOKE_CUSTOMER_FIELD'] ?? 'account_no',
      tierField: env['FXIAOKE_TIER_FIELD'] ?? 'account_level',
      tierValues: tierValuesOf(env, 'TIER_VALUES'),
      spacingMs: SPACING_MS,
      nowMs: Date.now,
    }),
);
