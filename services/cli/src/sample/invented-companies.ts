import type { SeededRandom } from './seeded-random.ts';

/** Names of companies that do not exist, made of common parts. */

const PLACES = '青石 云溪 松江岸 梅园 竹里 北塘 河坊 南岭 东港 西渡 望江 白鹭 金沙 玉泉 长桥'.split(
  ' ',
);
const TRADES = '轴承 阀门 精密铸件 电缆 包装 涂料 泵业 紧固件 仪表 模具 化工 纸业'.split(' ');
const FORMS = '厂 公司 集团 实业'.split(' ');

/** As many different names as asked for, up to some hundreds. */
export function inventCompanies(random: SeededRandom, count: number): readonly string[] {
  const names = new Set<string>();
  while (names.size < count) {
    names.add(`${random.pick(PLACES)}${random.pick(TRADES)}${random.pick(FORMS)}`);
  }
  return [...names];
}
