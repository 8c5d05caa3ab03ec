/**
 * How many cases each model test tries, and from which seed: a failing run prints both, and the same two give the same
 * cases again.
 */
const numRuns = Number(process.env['STRATA_MODEL_CASES'] ?? 1_000);
const seed = Number(process.env['STRATA_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

export const MODEL_SETTINGS = { numRuns, seed };

process.stdout.write(`STRATA_MODEL_CASES=${numRuns} STRATA_MODEL_SEED=${seed}\n`);
