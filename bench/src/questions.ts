import type { Language } from '@strata/contracts';
import type { Spread } from './spread.ts';

export const QUESTION_IDS = [
  'scorer-3-cpu',
  'scorer-3-rate',
  'scorer-30-cpu',
  'latency',
  'rebuild',
  'ingest',
  'redis-bytes',
  'demotions',
  'customers',
  'history',
] as const;
export type QuestionId = (typeof QUESTION_IDS)[number];

/** A figure that Strata has to reach, and the one that it aims at. */
export interface Question {
  readonly text: Readonly<Record<Language, string>>;
  readonly better: 'higher' | 'lower';
  readonly atLeast: number;
  readonly aim: number;
  readonly unit: 'x' | 'bytes' | '/s';
}

/** What a benchmark says to a question. */
export interface Answer {
  readonly question: QuestionId;
  readonly measured: Spread;
  /** In which size, where it is smaller than the question's. */
  readonly size?: string;
  /** A condition beside the figure that was not met: the row is then missed. */
  readonly missed?: string;
}

export const QUESTIONS: Readonly<Record<QuestionId, Question>> = {
  'scorer-3-cpu': {
    text: {
      en: 'scorer, 3 % change rate: events per CPU-second of all processes, to Kafka Streams',
      zh: '评分服务，3% 变更率：全部进程每 CPU 秒事件数，与 Kafka Streams 之比',
    },
    better: 'higher',
    atLeast: 1.5,
    aim: 3,
    unit: 'x',
  },
  'scorer-3-rate': {
    text: {
      en: 'scorer, 3 %: events/s to Kafka Streams at its best thread count',
      zh: '评分服务，3%：每秒事件数，与最佳线程数的 Kafka Streams 之比',
    },
    better: 'higher',
    atLeast: 1.2,
    aim: 2,
    unit: 'x',
  },
  'scorer-30-cpu': {
    text: {
      en: 'scorer, 30 %: events per CPU-second of all processes, to Kafka Streams',
      zh: '评分服务，30%：全部进程每 CPU 秒事件数，与 Kafka Streams 之比',
    },
    better: 'higher',
    atLeast: 1,
    aim: 1.5,
    unit: 'x',
  },
  latency: {
    text: {
      en: 'event to tier change, p99 at the same rate, to Kafka Streams (commit every 100 ms)',
      zh: '事件到等级变更，同一速率下的 p99，与 Kafka Streams（每 100 毫秒提交）之比',
    },
    better: 'lower',
    atLeast: 0.5,
    aim: 0.25,
    unit: 'x',
  },
  rebuild: {
    text: {
      en: 'rebuild from the log: events/s to plain kafkajs with Avro decoding',
      zh: '从日志重建：每秒事件数，与解码 Avro 的纯 kafkajs 之比',
    },
    better: 'higher',
    atLeast: 0.25,
    aim: 0.5,
    unit: 'x',
  },
  ingest: {
    text: {
      en: 'ingestor: records/s to plain kafkajs that copies',
      zh: '摄取服务：每秒条数，与只做复制的纯 kafkajs 之比',
    },
    better: 'higher',
    atLeast: 0.5,
    aim: 0.7,
    unit: 'x',
  },
  'redis-bytes': {
    text: {
      en: 'Redis used_memory for a customer with 8 orders, index included',
      zh: '每位有 8 笔订单的客户占用的 Redis used_memory（含索引）',
    },
    better: 'lower',
    atLeast: 420,
    aim: 300,
    unit: 'bytes',
  },
  demotions: {
    text: {
      en: 'demotions due in one second: acknowledged a second, live p99 under 1 s meanwhile',
      zh: '同一秒到期的等级下调：每秒确认数，期间实时 p99 低于 1 秒',
    },
    better: 'higher',
    atLeast: 20_000,
    aim: 60_000,
    unit: '/s',
  },
  customers: {
    text: {
      en: 'cost per event, 5 M customers to 10 k (Zipf 1.0)',
      zh: '每个事件的成本，500 万客户与 1 万客户之比（Zipf 1.0）',
    },
    better: 'lower',
    atLeast: 2,
    aim: 1.3,
    unit: 'x',
  },
  history: {
    text: {
      en: 'cost per event, 2,000 orders in history to 10',
      zh: '每个事件的成本，历史订单 2,000 笔与 10 笔之比',
    },
    better: 'lower',
    atLeast: 3,
    aim: 1.5,
    unit: 'x',
  },
};

export type Verdict = 'aim' | 'reached' | 'missed';

/** The median decides; without an answer a question is missed. */
export function verdictOf(id: QuestionId, answer: Answer | undefined): Verdict {
  if (answer === undefined || answer.missed !== undefined) return 'missed';
  const { better, atLeast, aim } = QUESTIONS[id];
  const { median } = answer.measured;
  const reaches = (border: number): boolean =>
    better === 'higher' ? median >= border : median <= border;
  if (reaches(aim)) return 'aim';
  return reaches(atLeast) ? 'reached' : 'missed';
}
