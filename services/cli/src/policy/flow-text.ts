/** A value of a policy's document as a file would have it on one line. */
export function flowText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${key}: ${flowText(member)}`);
  return `{${members.join(', ')}}`;
}

/** Whether the value of a dimension is in minor units of the policy's currency. */
export function isMoneyKind(kind: string): boolean {
  return kind === 'revenue' || kind === 'average_order' || kind === 'clv';
}
