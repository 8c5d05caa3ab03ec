import type { Language } from '@strata/contracts';

/** Why a request as a whole was not taken: a closed list. What is said of a line is in `line-answer.ts`. */
interface ProblemText {
  readonly status: number;
  readonly title: Readonly<Record<Language, string>>;
  readonly remedy: Readonly<Record<Language, string>>;
}

export const PROBLEMS = {
  'empty-body': {
    status: 400,
    title: { zh: '请求没有内容', en: 'The request has no body' },
    remedy: {
      zh: '请发送一个 JSON 对象，或每行一个对象的 NDJSON。',
      en: 'Send one JSON object, or NDJSON with one object to a line.',
    },
  },
  'broken-body': {
    status: 400,
    title: { zh: '请求内容不是完整的 gzip', en: 'The body is no whole gzip' },
    remedy: {
      zh: '请重新压缩后发送，或不压缩直接发送。',
      en: 'Compress it again, or send it without Content-Encoding.',
    },
  },
  unauthorized: {
    status: 401,
    title: { zh: '缺少有效的密钥', en: 'No valid key was shown' },
    remedy: {
      zh: '请发送 Authorization: Bearer 加密钥；新密钥用 ./strata intake-key add 生成。',
      en: 'Send Authorization: Bearer and the key; ./strata intake-key add makes one.',
    },
  },
  'no-such-path': {
    status: 404,
    title: { zh: '没有该路径', en: 'There is no such path' },
    remedy: {
      zh: '请使用 POST /v1/events；接口说明见 GET /v1/openapi.json。',
      en: 'Use POST /v1/events; GET /v1/openapi.json describes it.',
    },
  },
  'no-such-method': {
    status: 405,
    title: { zh: '该路径不支持此方法', en: 'The path does not take this method' },
    remedy: {
      zh: '请使用 Allow 标头所列的方法。',
      en: 'Use a method that the Allow header names.',
    },
  },
  'body-too-large': {
    status: 413,
    title: { zh: '请求内容过大', en: 'The body is too large' },
    remedy: {
      zh: '请分成较小的请求发送；上限按解压后的大小计算。',
      en: 'Send it in smaller requests; the limit holds for the unpacked size.',
    },
  },
  'too-many-lines': {
    status: 413,
    title: { zh: '请求的行数过多', en: 'The request has too many lines' },
    remedy: {
      zh: '请分成较小的请求发送；行数也不能超过密钥的突发配额。',
      en: 'Send it in smaller requests; lines may not exceed the burst of the key either.',
    },
  },
  'unsupported-type': {
    status: 415,
    title: { zh: '不支持该内容类型', en: 'The content type is not taken' },
    remedy: {
      zh: '请使用 application/json（一个对象）或 application/x-ndjson，编码为 UTF-8。',
      en: 'Use application/json (one object) or application/x-ndjson, in UTF-8.',
    },
  },
  'unsupported-encoding': {
    status: 415,
    title: { zh: '不支持该压缩方式', en: 'The content encoding is not taken' },
    remedy: { zh: '请使用 gzip，或不压缩。', en: 'Use gzip, or none.' },
  },
  'all-refused': {
    status: 422,
    title: { zh: '没有一行被接收', en: 'No line was accepted' },
    remedy: {
      zh: '请按 lines 中每行的说明更正；原样重发不会成功。',
      en: 'Correct each line as lines says; the same request again will not do better.',
    },
  },
  quota: {
    status: 429,
    title: { zh: '该密钥的配额已用完', en: 'The quota of the key is used up' },
    remedy: {
      zh: '请在 Retry-After 秒后原样重发；重复的事件只计一次。',
      en: 'Send the same again after Retry-After seconds; an event counts once however often it comes.',
    },
  },
  'internal-fault': {
    status: 500,
    title: { zh: '摄取服务出错', en: 'The intake failed' },
    remedy: {
      zh: '请原样重发；若再次出现，请查看摄取服务的日志。',
      en: 'Send the same again; if it fails again, look at the log of the ingestor.',
    },
  },
  busy: {
    status: 503,
    title: { zh: '正在处理的请求过多', en: 'Too much is in flight' },
    remedy: {
      zh: '请在 Retry-After 秒后原样重发；重复的事件只计一次。',
      en: 'Send the same again after Retry-After seconds; an event counts once however often it comes.',
    },
  },
  'not-acknowledged': {
    status: 503,
    title: { zh: 'Kafka 未及时确认', en: 'Kafka did not acknowledge in time' },
    remedy: {
      zh: '事件可能已写入；请在 Retry-After 秒后原样重发，重复的事件只计一次。',
      en: 'The events may lie in the log or not; send the same again after Retry-After seconds, an event counts once.',
    },
  },
  stopping: {
    status: 503,
    title: { zh: '摄取服务正在停止', en: 'The intake is stopping' },
    remedy: {
      zh: '请在 Retry-After 秒后原样重发，将由另一实例处理。',
      en: 'Send the same again after Retry-After seconds; another instance takes it.',
    },
  },
} as const satisfies Readonly<Record<string, ProblemText>>;

export type ProblemName = keyof typeof PROBLEMS;

/** A problem as RFC 9457 writes it. `more` are members of its own, such as the lines. */
export function problemJson(
  name: ProblemName,
  language: Language,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const { status, title, remedy } = PROBLEMS[name];
  const type = `urn:strata:intake:${name}`;
  const body = { type, title: title[language], status, detail: remedy[language], ...more };
  return `${JSON.stringify(body)}\n`;
}
