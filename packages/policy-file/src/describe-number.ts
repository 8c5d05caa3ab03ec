/** Integer thousandths as the shortest decimal: 1500 is "1.5". */
export function describeNumber(milli: number): string {
  const sign = milli < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(milli) / 1_000);
  const fraction = String(Math.abs(milli) % 1_000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
