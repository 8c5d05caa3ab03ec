import { resolve } from 'node:path';
import { eventToIntakeJson } from '@strata/contracts';
import { nearestWord } from '@strata/yaml-file';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { OutFile } from '../out-file.ts';
import { groupDigits } from '../progress.ts';
import { SAMPLES } from '../sample/samples.ts';

const NAMES = SAMPLES.map(({ name }) => name);

const texts = catalogue({
  en: {
    unknown: (name: string, guess: string | null) =>
      `There is no sample '${name}'. ${guess === null ? '' : `Did you mean '${guess}'? `}Choose from: ${NAMES.join(', ')}.`,
    wrote: (path: string, events: string, about: string) =>
      `Wrote ${path}: ${events} events, ${about}.`,
    tryIt: (path: string, name: string) =>
      `Grade them: ./strata backtest ${path} --format events --policy ${name} --until 2026-01-01`,
  },
  zh: {
    unknown: (name: string, guess: string | null) =>
      `没有名为“${name}”的示例数据。${guess === null ? '' : `是否想写“${guess}”？`}可选：${NAMES.join('、')}。`,
    wrote: (path: string, events: string, about: string) =>
      `已写入 ${path}：${events} 个事件，${about}。`,
    tryIt: (path: string, name: string) =>
      `定级：./strata backtest ${path} --format events --policy ${name} --until 2026-01-01`,
  },
});

/** `./strata sample`: invented events for a preset to grade, as a file that `import` and `backtest` read. */
export const sampleCommand = defineCommand({
  name: 'sample',
  summary: {
    en: 'writes invented events for a preset to grade, the same each time',
    zh: '生成供预设策略试用的示例事件，每次相同',
  },
  operands: [
    {
      name: 'PRESET',
      about: {
        en: SAMPLES.map(({ name, about }) => `${name}: ${about.en}`).join('; '),
        zh: SAMPLES.map(({ name, about }) => `${name}：${about.zh}`).join('；'),
      },
    },
  ],
  flags: {
    out: {
      kind: 'text',
      value: 'OUT.ndjson',
      about: { en: 'write them here (default: stdout)', zh: '写入此文件（默认标准输出）' },
    },
  },
  examples: [
    'sample retail --out retail.ndjson',
    'sample ecommerce | ./strata backtest - --format events --policy ecommerce',
  ],
  async run({ stdout, stderr, cwd, language }, { operands, flags }) {
    const [name = ''] = operands;
    const words = texts(language);
    const sample = SAMPLES.find((candidate) => candidate.name === name);
    if (sample === undefined) throw new UsageFault(words.unknown(name, nearestWord(name, NAMES)));
    const lines = sample
      .arrivals()
      .map(({ event }) => `${JSON.stringify(eventToIntakeJson(event))}\n`);
    if (flags.out === undefined) {
      for (const line of lines) stdout.write(line);
      return EXIT_CODES.success;
    }
    const file = new OutFile(resolve(cwd, flags.out), language);
    try {
      for (const line of lines) await file.write(line);
      await file.publish();
    } catch (fault) {
      await file.discard();
      throw fault;
    }
    const about = sample.about[language];
    stderr.write(`${words.wrote(flags.out, groupDigits(lines.length), about)}\n`);
    stderr.write(`${words.tryIt(flags.out, name)}\n`);
    return EXIT_CODES.success;
  },
});
