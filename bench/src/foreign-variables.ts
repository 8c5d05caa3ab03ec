/** Settings of a stack in the caller's environment are not for ours. */
export function foreignVariables(): NodeJS.ProcessEnv {
  const all = Object.entries(process.env);
  return Object.fromEntries(all.filter(([name]) => !name.startsWith('STRATA_')));
}
