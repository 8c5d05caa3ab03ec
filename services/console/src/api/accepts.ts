/** Whether an `Accept` header takes a media type (RFC 9110, 12.5.1). Without a header anything is taken. */
export function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === '') return true;
  const [family = ''] = type.split('/');
  const names = [type, `${family}/*`, '*/*'];
  let best: { readonly rank: number; readonly quality: number } | null = null;
  for (const wish of header.split(',').slice(0, 50)) {
    const [name = '', ...parameters] = wish.split(';').map((part) => part.trim().toLowerCase());
    const rank = names.indexOf(name);
    if (rank === -1 || (best !== null && best.rank <= rank)) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    best = { rank, quality: quality === undefined ? 1 : Number(quality) };
  }
  return best !== null && best.quality > 0;
}
