import type { Language } from '../texts.ts';

/** Why a request was not answered as asked: a closed list. */
interface ProblemText {
  readonly status: number;
  readonly title: Readonly<Record<Language, string>>;
  readonly remedy: Readonly<Record<Language, string>>;
  /** After which the same request may do better. */
  readonly retryAfterSeconds?: number;
}

const text = (
  status: number,
  title: ProblemText['title'],
  remedy: ProblemText['remedy'],
): ProblemText => ({ status, title, remedy });

const later = (retryAfterSeconds: number, problem: ProblemText): ProblemText => ({
  ...problem,
  retryAfterSeconds,
});

/** What any route can answer. */
const REQUEST_PROBLEMS = {
  'bad-request': text(
    400,
    { zh: '请求无法理解', en: 'The request cannot be understood' },
    {
      zh: '请按接口说明（GET /v1/openapi.json）更正后再发送。',
      en: 'Correct it as GET /v1/openapi.json describes it, and send it again.',
    },
  ),
  unauthorized: text(
    401,
    { zh: '缺少有效的密钥', en: 'No valid key was shown' },
    {
      zh: '请发送 Authorization: Bearer 加密钥；新密钥用 ./strata api-key add 生成。',
      en: 'Send Authorization: Bearer and the key; ./strata api-key add makes one.',
    },
  ),
  forbidden: text(
    403,
    { zh: '该密钥没有所需权限', en: 'The key lacks the scope' },
    {
      zh: '请使用具有所列 scope 的密钥；./strata api-key add NAME --scope SCOPE 可生成。',
      en: 'Use a key that has the scope named; ./strata api-key add NAME --scope SCOPE makes one.',
    },
  ),
  'no-such-path': text(
    404,
    { zh: '没有该路径', en: 'There is no such path' },
    { zh: '接口说明见 GET /v1/openapi.json。', en: 'GET /v1/openapi.json describes the API.' },
  ),
  'no-such-method': text(
    405,
    { zh: '该路径不支持此方法', en: 'The path does not take this method' },
    { zh: '请使用 Allow 标头所列的方法。', en: 'Use a method that the Allow header names.' },
  ),
  'not-acceptable': text(
    406,
    { zh: '无法以所要求的类型回答', en: 'The answer has none of the types asked for' },
    { zh: '请在 Accept 中加入 accepts 所列的类型。', en: 'Accept one of the types in accepts.' },
  ),
  'body-too-large': text(
    413,
    { zh: '请求内容过大', en: 'The body is too large' },
    { zh: '请分成较小的请求发送。', en: 'Send it in smaller requests.' },
  ),
  'unsupported-type': text(
    415,
    { zh: '不支持该内容类型', en: 'The content type is not taken' },
    {
      zh: '请使用 application/json，编码为 UTF-8，不压缩。',
      en: 'Use application/json in UTF-8, without Content-Encoding.',
    },
  ),
  quota: text(
    429,
    { zh: '该密钥的配额已用完', en: 'The quota of the key is used up' },
    { zh: '请在 Retry-After 秒后再试。', en: 'Ask again after Retry-After seconds.' },
  ),
  'internal-fault': later(
    1,
    text(
      500,
      { zh: '服务出错', en: 'The service failed' },
      {
        zh: '请再试；若再次出现，请查看 console 的日志。',
        en: 'Ask again; if it fails again, look at the log of the console.',
      },
    ),
  ),
  'no-keys': text(
    503,
    { zh: '该服务没有 API 密钥文件', en: 'The API has no file of keys' },
    {
      zh: '请用 ./strata api-key add 生成密钥，并将 STRATA_CONSOLE_API_KEYS 设为该文件后重启 console。',
      en: 'Make a key with ./strata api-key add, set STRATA_CONSOLE_API_KEYS to its file, and start the console again.',
    },
  ),
  stopping: later(
    1,
    text(
      503,
      { zh: '服务正在停止', en: 'The service is stopping' },
      { zh: '请在 Retry-After 秒后再试。', en: 'Ask again after Retry-After seconds.' },
    ),
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

export const ANY_ROUTE_PROBLEMS = Object.keys(
  REQUEST_PROBLEMS,
) as readonly (keyof typeof REQUEST_PROBLEMS)[];

/** What those can answer that tell where customers stand. */
const PROFILE_PROBLEMS = {
  'no-such-customer': text(
    404,
    { zh: '没有该客户', en: 'There is no such customer' },
    {
      zh: '请核对编号；若刚刚发送其首个事件，请看 freshness，稍后再试。',
      en: 'Check the id; where its first event was only just sent, look at freshness and ask again.',
    },
  ),
  ungraded: text(
    404,
    { zh: '尚无策略为该客户定级', en: 'No policy grades the customer (yet)' },
    {
      zh: '客户首次购买后，或发布适用于潜在客户的策略后再查询。',
      en: 'Ask again after the first purchase, or publish a policy for prospects.',
    },
  ),
  'no-such-tier': text(
    404,
    { zh: '没有该等级', en: 'There is no such tier' },
    { zh: '请使用 tiers 所列的等级。', en: 'Use one of those in tiers.' },
  ),
  'bad-cursor': text(
    400,
    { zh: '游标无效', en: 'The cursor is none of this walk' },
    {
      zh: '请原样发送上一页的 next，并保持 tier 与 policy 不变；或不带 cursor 重新开始。',
      en: 'Send next of the page before as it is, with the same tier and policy, or begin without a cursor.',
    },
  ),
  'cursor-expired': text(
    410,
    { zh: '游标已失效', en: 'The cursor has expired' },
    {
      zh: '状态存储已重启，其顺序已变；请不带 cursor 重新开始。',
      en: 'The state store was started anew and has another order: begin without a cursor.',
    },
  ),
  'not-fresh': later(
    1,
    text(
      503,
      { zh: '状态还不够新', en: 'The state is not that fresh' },
      {
        zh: '请在 Retry-After 秒后再试，或放宽 notOlderThan。',
        en: 'Ask again after Retry-After seconds, or demand less by notOlderThan.',
      },
    ),
  ),
  'not-ready': later(
    2,
    text(
      503,
      { zh: '该分区的状态尚不可用', en: 'The state of the partition is not there' },
      {
        zh: '请稍后再试；若持续如此，请检查 scorer 与状态 Redis（./strata status）。',
        en: 'Ask again; if it stays so, look at the scorer and at the Redis of the state (./strata status).',
      },
    ),
  ),
  'backend-away': later(
    2,
    text(
      503,
      { zh: '后端没有回答', en: 'A back end does not answer' },
      {
        zh: '请在 Retry-After 秒后再试；若持续如此，请检查状态 Redis 与 Kafka。',
        en: 'Ask again after Retry-After seconds; if it stays so, look at the Redis of the state and at Kafka.',
      },
    ),
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

/** What those can answer that show and change webhook subscriptions. */
const SUBSCRIPTION_PROBLEMS = {
  'no-such-subscription': text(
    404,
    { zh: '没有该订阅', en: 'There is no such subscription' },
    {
      zh: '请用 GET /v1/subscriptions 查看现有订阅；通知服务文件中声明的订阅不在其中。',
      en: 'See those there are by GET /v1/subscriptions; what a file of the notifier declares is not among them.',
    },
  ),
  'no-such-test': text(
    404,
    { zh: '没有该测试', en: 'There is no such test' },
    { zh: '仅保留最近 20 次测试；请重新测试。', en: 'The last 20 are kept: test again.' },
  ),
  'subscription-exists': text(
    409,
    { zh: '已有该编号的订阅', en: 'There is a subscription of that id already' },
    { zh: '请换一个编号，或修改现有订阅。', en: 'Choose another id, or change the one there is.' },
  ),
  'other-standing': text(
    409,
    { zh: '订阅的状态不允许此操作', en: 'The subscription does not stand so' },
    {
      zh: '启用的可暂停，暂停的用 resume 恢复，停用的用 enable 重新启用。',
      en: 'Pause what is active, resume what is paused, enable what is disabled.',
    },
  ),
  'changed-meanwhile': text(
    409,
    { zh: '订阅刚被他人修改', en: 'Somebody else changed it in the meantime' },
    {
      zh: '您的修改未生效；请重新查看后再试。',
      en: 'Nothing of yours was applied: look at it again, and repeat your change.',
    },
  ),
  'precondition-failed': text(
    412,
    { zh: '版本与 If-Match 不符', en: 'It is at another version than If-Match names' },
    {
      zh: '您的修改未生效；请重新读取并使用其 ETag。',
      en: 'Nothing was applied: read it again, and send the ETag of that answer.',
    },
  ),
  'precondition-required': text(
    428,
    { zh: '缺少 If-Match', en: 'If-Match is missing' },
    {
      zh: '请发送所依据版本的 ETag；若不论版本，请发送 If-Match: *。',
      en: 'Send the ETag of the version that the change rests on, or If-Match: * for any.',
    },
  ),
  'no-sealing-key': text(
    503,
    { zh: 'console 没有栈的密钥', en: 'The console has no key of the stack' },
    {
      zh: '请为 console 设置 STRATA_SEALING_KEY 并重启，或使用 ./strata subscription。',
      en: 'Set STRATA_SEALING_KEY for the console and start it again, or use ./strata subscription.',
    },
  ),
  'no-subscriptions': text(
    503,
    { zh: '该 console 未连接订阅主题', en: 'This console does not reach the subscriptions' },
    { zh: '请使用 ./strata subscription。', en: 'Use ./strata subscription.' },
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

/** What those can answer that follow the topics. */
const CHANGE_PROBLEMS = {
  'bad-resume-point': text(
    400,
    { zh: '续传位置无效', en: 'The resume point is none of this stack' },
    {
      zh: '请原样发送最后收到的事件 id；若栈已重建，请以 after=earliest 或不带位置重新开始，并用 GET /v1/tiers.csv 取得全量。',
      en: 'Send the id of the last event as it came; where the stack is another one, begin with after=earliest or without a point, and take everybody from GET /v1/tiers.csv.',
    },
  ),
  'resume-point-gone': text(
    410,
    { zh: '续传位置已超出保留期', en: 'The resume point is older than the log' },
    {
      zh: '其后的部分变更已不在日志中：请用 GET /v1/tiers.csv 取得全量，再以 after=earliest 或不带位置继续。',
      en: 'Some of what came behind it is gone from the log: take everybody from GET /v1/tiers.csv, then go on with after=earliest or without a point.',
    },
  ),
  'too-many-streams': later(
    30,
    text(
      503,
      { zh: '打开的流过多', en: 'Too many streams are open' },
      {
        zh: '请在 Retry-After 秒后再试，或提高 STRATA_CONSOLE_STREAMS_MAX。',
        en: 'Ask again after Retry-After seconds, or raise STRATA_CONSOLE_STREAMS_MAX.',
      },
    ),
  ),
  'too-many-exports': later(
    10,
    text(
      503,
      { zh: '正在进行的导出过多', en: 'Too many exports are running' },
      { zh: '请在 Retry-After 秒后再试。', en: 'Ask again after Retry-After seconds.' },
    ),
  ),
  'catching-up': later(
    2,
    text(
      503,
      {
        zh: 'console 仍在从头读取主题',
        en: 'The console is still reading the topics from their start',
      },
      {
        zh: '请在 Retry-After 秒后再试；带续传位置的流无需等待。',
        en: 'Ask again after Retry-After seconds; a stream with a resume point need not wait.',
      },
    ),
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

const ALL_PROBLEMS = {
  ...REQUEST_PROBLEMS,
  ...PROFILE_PROBLEMS,
  ...CHANGE_PROBLEMS,
  ...SUBSCRIPTION_PROBLEMS,
};

export type ProblemName = keyof typeof ALL_PROBLEMS;
export const PROBLEMS: Readonly<Record<ProblemName, ProblemText>> = ALL_PROBLEMS;
