import type { DeadLetterReason } from './dead-letter-reason.ts';

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** `{field}` becomes the name of the field, or a word for it where none is known. */
const SENTENCES: Readonly<Record<DeadLetterReason, Readonly<Record<Language, string>>>> = {
  'empty-record': {
    zh: '记录没有内容；请检查发送方是否误发了空值（墓碑记录）。',
    en: 'The record has no value; check whether the producer sent a tombstone by mistake.',
  },
  'too-large': {
    zh: '记录超过大小上限；请拆分记录，或调高 STRATA_INGESTOR_RECORD_BYTES_MAX。',
    en: 'The record is larger than allowed; split it or raise STRATA_INGESTOR_RECORD_BYTES_MAX.',
  },
  'not-utf8': {
    zh: '内容不是有效的 UTF-8 文本；请以 UTF-8 编码重新发送。',
    en: 'The value is not valid UTF-8 text; send it again encoded as UTF-8.',
  },
  'not-json': {
    zh: '内容不是一个 JSON 对象；请按约定的格式发送，每条记录一个对象。',
    en: 'The value is not one JSON object; send one object per record, as the contract says.',
  },
  'too-deep': {
    zh: 'JSON 嵌套过深；事件最多三层，请去掉多余的嵌套。',
    en: 'The JSON is nested too deeply; an event has three levels at most, so flatten it.',
  },
  'duplicate-key': {
    zh: '字段{field}在同一对象中出现两次；请只保留一个。',
    en: '{field} appears twice in one object; keep one of them.',
  },
  'unsafe-key': {
    zh: '字段名{field}不被允许；请改用其他名称。',
    en: '{field} is not allowed as a name; choose another.',
  },
  'unsafe-number': {
    zh: '{field}中的数字过大，无法精确表示；请用最小货币单位的整数，且不超过 9×10^15。',
    en: 'A number in {field} is too large to be exact; use minor units of at most 9 x 10^15.',
  },
  'bad-framing': {
    zh: '内容既不以 JSON 开头，也不以 Confluent 封装的 0 字节和模式编号开头；请改用 Confluent 兼容的序列化器。',
    en: "The value begins neither as JSON nor with Confluent's zero byte and schema id; use a serializer that frames so.",
  },
  'unknown-schema': {
    zh: '注册中心里没有该记录的模式；请先登记模式，再重新投递。',
    en: "The registry does not hold a schema that fits this record's id; register it, then redrive.",
  },
  'bad-avro': {
    zh: '内容与其 Avro 模式不符；请检查发送方的序列化器。',
    en: "The bytes do not fit their Avro schema; check the producer's serializer.",
  },
  'unknown-type': {
    zh: '事件类型 type 不在约定之内；请改用约定中的类型。',
    en: 'The event type is none of the contract; use one that is.',
  },
  'missing-field': {
    zh: '缺少必填字段{field}；请补上后重新发送。',
    en: '{field} is required and missing; add it and send the event again.',
  },
  'bad-field': {
    zh: '字段{field}的取值或类型不符合约定；请更正后重新发送。',
    en: '{field} has a value or a type that the contract does not allow; correct it.',
  },
  'bad-time': {
    zh: '字段{field}不是带时区偏移的 RFC 3339 时间（1970 年及以后）；例如 2026-01-02T03:04:05.678+08:00。',
    en: '{field} is not an RFC 3339 time with an offset, from 1970 on; for example 2026-01-02T03:04:05.678Z.',
  },
  'no-customer': {
    zh: '记录没有客户编号；请填写 customerId，访客则填写 guest。',
    en: 'The record names no customer; fill in customerId, or guest for a visitor.',
  },
  'unknown-currency': {
    zh: '字段{field}不是 ISO 4217 货币代码；请用三个大写字母，例如 CNY。',
    en: '{field} is not an ISO 4217 code; use three capital letters, such as CNY.',
  },
  'negative-amount': {
    zh: '字段{field}为负数；退款请用 refund 事件，金额取正值。',
    en: '{field} is negative; send money back as a refund with a positive amount.',
  },
  'forbidden-field': {
    zh: '字段{field}属于不得进入系统的资料；请在发送前去掉。',
    en: '{field} is data that may not enter; leave it out before sending.',
  },
  'wrong-topic': {
    zh: '该主题不接受此类事件；请发往对应的主题，或 strata.intake.events.v1。',
    en: 'This topic does not take events of this type; use its own or strata.intake.events.v1.',
  },
  'wrong-key': {
    zh: '记录不在其客户所属的分区；数据时间下，请以客户编号为键发送。',
    en: "The record lies outside its customer's partition; in data time key it by the customer id.",
  },
  'clock-not-allowed': {
    zh: '此处不接受时钟标记；仅在数据时间下可发往 strata.intake.events.v1。',
    en: 'A clock mark is not taken here; only data time takes one, on strata.intake.events.v1.',
  },
  'override-not-allowed': {
    zh: '此处不接受人工调整；请用 ./strata override，它会发往 strata.intake.events.v1。',
    en: 'An override is not taken here; set it by ./strata override, which uses strata.intake.events.v1.',
  },
  'merge-not-allowed': {
    zh: '此处不接受客户合并；请用 ./strata merge，它会发往 strata.intake.events.v1。',
    en: 'A merge is not taken here; ask for it by ./strata merge, which uses strata.intake.events.v1.',
  },
  'erasure-not-allowed': {
    zh: '此处不接受删除指令；请用 ./strata erase，它会发往 strata.intake.events.v1。',
    en: 'An erasure is not taken here; use ./strata erase, which sends it to strata.intake.events.v1.',
  },
  'too-old': {
    zh: '事件早于账本保留期；如确需计入，请以更长的 ledger_horizon 重建。',
    en: 'The event is older than the ledger horizon; rebuild with a longer one if it must count.',
  },
  'ahead-of-clock': {
    zh: '事件时间比系统时钟晚 24 小时以上；请检查来源的时钟，届时可重新投递。',
    en: "The event is dated more than 24 h after the clock; check the source's clock, then redrive.",
  },
  'no-rate': {
    zh: '事件当日或之前没有该货币的汇率；请先发布汇率，再重新投递。',
    en: "There is no rate for its currency on or before the event's day; publish one, then redrive.",
  },
  'no-policy': {
    zh: '该分区尚无生效的策略；请先用 policy publish 发布策略，再重新投递。',
    en: 'No policy was active yet in its partition; publish one with policy publish, then redrive.',
  },
  'unknown-tier': {
    zh: '适用的策略中没有这个等级；请用 ./strata policy check 查看等级名称后重新设定。',
    en: 'The policy that applies has no such tier; see its tiers by ./strata policy check and set it again.',
  },
  'merge-with-itself': {
    zh: '合并的双方是同一位客户；请填写两个不同的客户编号。',
    en: 'Both sides of the merge are one customer; name two.',
  },
  'unknown-customer': {
    zh: '{field}所指的客户没有任何已接受的事件；请核对客户编号（区分大小写）。',
    en: 'Nothing was ever accepted of the customer in {field}; check the id, which is case-sensitive.',
  },
  'already-merged': {
    zh: '{field}所指的客户已并入另一位客户；请用 ./strata why 查看并入了谁，再改用该客户编号。',
    en: 'The customer in {field} is part of another one already; see of whom by ./strata why and name that one.',
  },
  'merge-in-progress': {
    zh: '{field}所指的客户正在另一次合并中；请待其结束后重新发起。',
    en: 'The customer in {field} takes part in another merge; ask again when that one has ended.',
  },
  'bad-row': {
    zh: '该行的列数或引号不合格式；请检查{field}。',
    en: 'The row does not have the columns or quotes of its format; check {field}.',
  },
  'unmapped-row': {
    zh: '映射文件中没有适用于该行的事件或规则；请为这种行补上事件、skip 或 refuse。',
    en: 'Nothing in the mapping file fits the row; add an event, or a rule that skips or refuses such rows.',
  },
  'bad-quantity': {
    zh: '{field}不是有效的数量；销售行的数量须为正数。',
    en: '{field} is not a usable quantity; a sold row has a positive one.',
  },
  'bad-price': {
    zh: '{field}不是有效的价格；价格须为零或正数。',
    en: '{field} is not a usable price; a price is zero or positive.',
  },
  'no-order': {
    zh: '该行所指的订单不在文件中；请检查{field}。',
    en: 'The order that this row names is not in the files; check {field}.',
  },
  'no-payment': {
    zh: '该订单没有付款记录；请检查{field}。',
    en: 'The order has no payment; check {field}.',
  },
};

/** What a person reads about a dead letter. It names the field, never a value. */
export function deadLetterSentence(
  reason: DeadLetterReason,
  field: string | null,
  language: Language,
): string {
  const sentence = SENTENCES[reason][language];
  if (language === 'zh') return inChinese(sentence, field);
  const name = field ?? (sentence.startsWith('{field}') ? 'A field' : 'a field');
  return sentence.replace('{field}', name);
}

/** Latin names stand between spaces, but not beside a mark or at the start. */
function inChinese(sentence: string, field: string | null): string {
  const isNamed = /字段名?\{field\}/.test(sentence);
  const name = field === null ? (isNamed ? '' : '该字段') : ` ${field} `;
  return sentence
    .replace('{field}', name)
    .replace(/ (?=[；，。])/, '')
    .trimStart();
}
