import type { SeededRandom } from './seeded-random.ts';

/** Names of people and small businesses that do not exist, made of common parts. */

const FAMILY_ZH = wordsOf(
  '王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 董 程 曹',
);
const GIVEN_ZH = wordsOf(
  '伟 芳 敏 静 强 磊 洋 艳 勇 军 杰 娟 涛 明 超 秀英 桂兰 建国 晓东 雨桐 子涵 文博 思远 佳琪 志强 丽华',
);
const PLACE_ZH = wordsOf('东街 南门 桥头 青石 云溪 河坊 松江 梅园 竹里 西湖 北塘');
const TRADE_ZH = wordsOf('面馆 书店 花店 布行 米铺 糕点铺 药房 文具店 五金店 咖啡馆');
const GIVEN_EN = wordsOf('Ada Ben Clara Daniel Emma Felix Grace Henry Iris Jonas');
const FAMILY_EN = wordsOf(
  'Archer Bell Carter Dawson Ellis Foster Grant Hayes Irving Jarvis Keane Lowe Mercer Nolan Osborne Perry Quinn Reeve',
);
const PLACE_EN = [
  'Harbour',
  'Mill Lane',
  'Old Bridge',
  'Orchard',
  'Station',
  'Willow',
  'Castle',
  'Quay',
];
const TRADE_EN = wordsOf('Bakery Books Coffee Florist Grocer Hardware Toys Tailor Wines');

const KINDS: readonly ((random: SeededRandom) => string)[] = [
  (random) => random.pick(FAMILY_ZH) + random.pick(GIVEN_ZH),
  (random) => random.pick(FAMILY_ZH) + random.pick(GIVEN_ZH),
  (random) => `${random.pick(PLACE_ZH)}${random.pick(TRADE_ZH)}`,
  (random) => `${random.pick(FAMILY_ZH)}记${random.pick(TRADE_ZH)}`,
  (random) => `${random.pick(GIVEN_EN)} ${random.pick(FAMILY_EN)}`,
  (random) => `${random.pick(PLACE_EN)} ${random.pick(TRADE_EN)}`,
];

function wordsOf(text: string): readonly string[] {
  return text.split(' ');
}

/** As many different names as asked for, up to about a thousand; `taken` is left to its owner. */
export function inventNames(random: SeededRandom, count: number, taken: string): readonly string[] {
  const names = new Set<string>();
  while (names.size < count) {
    const name = random.pick(KINDS)(random);
    if (name !== taken) names.add(name);
  }
  return [...names];
}
