/**
 * Holds what the code has against what a page says of it: neither may know a name that the other
 * does not. So nothing new appears without a sentence, and no sentence outlives its subject.
 */
export function requireSameNames(
  what: string,
  { found, told, place }: { found: Iterable<string>; told: Iterable<string>; place: string },
): void {
  const inCode = new Set(found);
  const inText = new Set(told);
  const untold = [...inCode].filter((name) => !inText.has(name));
  const gone = [...inText].filter((name) => !inCode.has(name));
  const faults = [
    ...untold.map((name) => `${what} ${name} has no sentence: add it to ${place}.`),
    ...gone.map((name) => `${what} ${name} is in ${place} and nowhere in the code: remove it.`),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
