/** A share with one decimal, for people. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '0.0 %' : `${((part * 100) / whole).toFixed(1)} %`;
}
