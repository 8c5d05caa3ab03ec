const WORD_MIN = 3;
const PREFIX_MIN = 4;

/** The known word that a typing slip most likely meant; null when none is near. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  // Two letters are too few to tell a slip from another word.
  if (word.length < WORD_MIN) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? lengthened(word, known);
}

/** Somebody who writes `grace_period` or `at_risk` means the word that begins like it. */
function lengthened(word: string, known: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const like = known.filter((candidate) => {
    const other = candidate.toLowerCase();
    return (
      Math.min(lower.length, other.length) >= PREFIX_MIN && isOneBeginningTheOther(lower, other)
    );
  });
  return like.length === 1 ? (like[0] ?? null) : null;
}

function isOneBeginningTheOther(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/** Levenshtein's distance, in which two neighbouring letters that changed places count once. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      const edited = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      next.push(Math.min(edited, swapped));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
