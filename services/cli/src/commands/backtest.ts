import { resolve } from 'node:path';
import { type RateTable, rateTableOf } from '@strata/domain';
import { type BacktestPlan, executeBacktest } from '../backtest/execute-backtest.ts';
import { loadLog } from '../backtest/load-log.ts';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { parseDate } from '../dates.ts';
import {
  chooseFormat,
  FORMAT_FLAGS,
  TIME_ZONE_FLAG,
  timeZoneOf,
} from '../formats/choose-format.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { type ChosenPolicy, PRESET_DEFAULT, readPolicy } from '../policy-choice.ts';
import { readRates } from '../rates/read-rates.ts';
import { withStack } from '../stack/with-stack.ts';

/** `./strata backtest`: the fold of the scorer over a file, offline and in this process. */
export const backtestCommand = defineCommand({
  name: 'backtest',
  summary: {
    en: 'grades the history in a file offline: what a policy would have done',
    zh: '离线回测：用历史数据检验策略的效果',
  },
  operands: [
    {
      name: 'FILE',
      isOptional: true,
      about: {
        en: "the data file, packed or not; a folder where the format has several; '-' reads stdin",
        zh: '数据文件（可为 gz）；多文件格式为文件夹；“-”表示标准输入',
      },
    },
  ],
  flags: {
    ...FORMAT_FLAGS,
    policy: {
      kind: 'texts',
      value: 'POLICY',
      about: {
        en: `a policy file or preset; two to compare them (default: ${PRESET_DEFAULT}, in the file's currency)`,
        zh: `策略文件或预设；给出两个则作比较（默认：${PRESET_DEFAULT}，以文件的货币计）`,
      },
    },
    at: {
      kind: 'texts',
      value: 'DATE',
      about: { en: 'take profiles at this instant', zh: '在此时刻取客户档案' },
    },
    until: {
      kind: 'text',
      value: 'DATE',
      about: {
        en: 'let the clock run on to this instant after the last event',
        zh: '最后一个事件之后，让时钟走到此时刻',
      },
    },
    'calibrate-at': {
      kind: 'texts',
      value: 'DATE',
      about: {
        en: 'make quantile borders from all customers at this instant (default: at every --at)',
        zh: '以此时刻的全部客户校准分位数边界（默认：每个 --at 时刻）',
      },
    },
    rates: {
      kind: 'text',
      value: 'FILE',
      about: {
        en: 'currency rates (CSV: day,from,to,rate) for amounts in other currencies than the policy',
        zh: '汇率文件（CSV：day,from,to,rate），用于与策略币种不同的金额',
      },
    },
    profiles: {
      kind: 'text',
      value: 'OUT.csv',
      about: {
        en: 'write the profiles here (without --at: those at the end)',
        zh: '将客户档案写入此文件（未给 --at 时取结束时刻）',
      },
    },
    changes: {
      kind: 'text',
      value: 'OUT.ndjson',
      about: { en: 'write every tier change here', zh: '将每次等级变更写入此文件' },
    },
    html: {
      kind: 'text',
      value: 'OUT.html',
      about: {
        en: 'write a page that compares the two policies here, with pictures, for a browser or to print',
        zh: '将两个策略的对比页面写入此文件（含图，可用浏览器打开或打印）',
      },
    },
    ...TIME_ZONE_FLAG,
    'from-log': {
      kind: 'switch',
      about: {
        en: 'takes the events of the running stack from its customer log instead of a file',
        zh: '从运行中的栈的客户日志读取事件，而非文件',
      },
    },
    json: { kind: 'switch', about: { en: 'the summary as JSON', zh: '以 JSON 输出汇总' } },
  },
  examples: [
    'backtest CDNOW_master.txt.gz --format cdnow --at 1997-12-31 --at 1998-06-30 --profiles profiles.csv',
    'backtest events.ndjson --format events --policy my-policy.yaml --changes changes.ndjson',
    'backtest orders.csv --map orders.yaml --policy my-policy.yaml',
    'backtest events.ndjson --format events --policy shop --policy my-policy.yaml',
    'backtest events.ndjson --format events --policy shop --policy my-policy.yaml --at 2026-01-01 --html compared.html',
    'backtest --from-log --policy my-policy.yaml --changes changes.ndjson',
  ],
  async run(context, { flags, operands }) {
    const { language } = context;
    const texts = backtestTexts(language);
    const [file] = operands;
    if ((file === undefined) !== flags['from-log']) throw new UsageFault(texts.fileOrLog);
    const named = file === undefined ? { format: 'events', map: undefined } : flags;
    const plan: BacktestPlan = {
      context,
      path: file ?? texts.customerLog,
      format: await chooseFormat(named, context),
      timeZone: timeZoneOf(flags, language),
      policies: await choosePolicies(flags.policy, context),
      rates: await ratesTable(flags.rates, context),
      at: flags.at.map((text) => parseDate('--at', text, language)),
      until: flags.until === undefined ? null : parseDate('--until', flags.until, language),
      calibrateAt: flags['calibrate-at'].map((text) => parseDate('--calibrate-at', text, language)),
      profilesPath: flags.profiles ?? null,
      changesPath: flags.changes ?? null,
      pagePath: flags.html ?? null,
      isJson: flags.json,
    };
    checkPaths(plan, file ?? null);
    if (!flags['from-log']) {
      await executeBacktest(plan);
      return EXIT_CODES.success;
    }
    return withStack(context, async (stack) => {
      await executeBacktest({ ...plan, load: () => loadLog(stack, context) });
      return EXIT_CODES.success;
    });
  },
});

async function ratesTable(
  path: string | undefined,
  context: CommandContext,
): Promise<RateTable | null> {
  return path === undefined ? null : rateTableOf(await readRates(path, context), 1);
}

/** Without a policy the preset is taken. */
async function choosePolicies(
  policies: readonly string[],
  { cwd, language }: CommandContext,
): Promise<readonly ChosenPolicy[]> {
  if (policies.length > 2) throw new UsageFault(backtestTexts(language).threePolicies);
  const names = policies.length === 0 ? [PRESET_DEFAULT] : policies;
  return Promise.all(names.map((policy) => readPolicy({ policy, cwd, language })));
}

/** Two runs have no one file to write to, two results no one name, and one run nothing to compare with. */
function checkPaths(plan: BacktestPlan, file: string | null): void {
  const { context, policies, profilesPath, changesPath, pagePath = null } = plan;
  const texts = backtestTexts(context.language);
  if (policies.length > 1 && profilesPath !== null) {
    throw new UsageFault(texts.noFileWithTwo('--profiles'));
  }
  if (policies.length > 1 && changesPath !== null) {
    throw new UsageFault(texts.noFileWithTwo('--changes'));
  }
  if (policies.length < 2 && pagePath !== null) throw new UsageFault(texts.pageNeedsTwo(pagePath));
  if (profilesPath !== null && profilesPath === changesPath) {
    throw new UsageFault(texts.sameFile(profilesPath));
  }
  if (pagePath === null || file === null) return;
  // What is written replaces what was there: never the history that it is about.
  if (resolve(context.cwd, pagePath) === resolve(context.cwd, file)) {
    throw new UsageFault(texts.overInput('--html', pagePath));
  }
}
