import type { IncomingHttpHeaders } from 'node:http';

/** How the body of a request is to be read. */
export interface RequestForm {
  /** One object, or one to a line. */
  readonly isLines: boolean;
  readonly isGzip: boolean;
}

const LINE_TYPES: readonly string[] = ['application/x-ndjson', 'application/ndjson'];
const TYPES: readonly string[] = ['application/json', ...LINE_TYPES];
export const ACCEPTED_TYPES = 'application/json, application/x-ndjson';

export function requestForm(
  headers: IncomingHttpHeaders,
): RequestForm | 'unsupported-type' | 'unsupported-encoding' {
  const [type = '', ...parameters] = words(headers['content-type'], ';');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!TYPES.includes(type) || !isUtf8) return 'unsupported-type';
  const encodings = words(headers['content-encoding'], ',').filter((name) => name !== 'identity');
  const isGzip = encodings.length === 1 && ['gzip', 'x-gzip'].includes(encodings[0] ?? '');
  if (encodings.length > 0 && !isGzip) return 'unsupported-encoding';
  return { isLines: LINE_TYPES.includes(type), isGzip };
}

function words(header: string | undefined, separator: string): readonly string[] {
  return (header ?? '')
    .toLowerCase()
    .split(separator)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
