import { randomBytes, randomInt } from 'node:crypto';
import { CliFault, EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { SCENARIOS } from '../conformance/all-scenarios.ts';
import { CUSTOMER_PLACE } from '../conformance/read-state.ts';
import { conformanceJson, conformanceText } from '../conformance/report.ts';
import { planScenarios, runConformance } from '../conformance/run-conformance.ts';
import { conformanceTexts } from '../conformance/texts.ts';
import { Progress } from '../progress.ts';

const WAIT_SECONDS_DEFAULT = 5;
const WAIT_SECONDS_MAX = 600;
const RETRY_DELAY_MS = 200;
/** Room for the offsets of a run above where it begins. */
const FIRST_OFFSET_MAX = 2 ** 47;

/** `./strata conformance`: whether an endpoint ends right, whatever is repeated, overtaken, lost or forged. */
export const conformanceCommand = defineCommand({
  name: 'conformance',
  summary: {
    en: 'tries a webhook endpoint: repeats, reordering, forgery, and where each customer ends',
    zh: '检验 webhook 接收端：重复、乱序、伪造，以及客户最终的等级',
  },
  operands: [
    {
      name: 'URL',
      about: {
        en: 'the endpoint; it is fed customers of its own, so take one that is for trying',
        zh: '接收端地址；会写入测试客户，请使用测试环境',
      },
    },
  ],
  flags: {
    secret: {
      kind: 'text',
      value: 'whsec_...',
      about: {
        en: 'what the endpoint verifies with (default: STRATA_CONFORMANCE_SECRET, which no list of processes shows)',
        zh: '接收端验签所用密钥（默认取 STRATA_CONFORMANCE_SECRET，不会出现在进程列表中）',
      },
    },
    state: {
      kind: 'text',
      value: 'URL_TEMPLATE',
      about: {
        en: 'where the consumer answers {"tier": "...", "effects": n?} for {customerId}; without it answers alone are judged',
        zh: '消费方对 {customerId} 回复 {"tier": "...", "effects": n?} 的地址；不给则仅按应答判断',
      },
    },
    wait: {
      kind: 'text',
      value: 'SECONDS',
      about: {
        en: `how long the state may take to show (default: ${WAIT_SECONDS_DEFAULT})`,
        zh: `等待状态更新的最长秒数（默认 ${WAIT_SECONDS_DEFAULT}）`,
      },
    },
    json: {
      kind: 'switch',
      about: { en: 'one JSON object instead of a table', zh: '输出一个 JSON 对象而非表格' },
    },
  },
  examples: [
    'conformance http://127.0.0.1:9000/hook --secret whsec_... --state http://127.0.0.1:9000/tiers/{customerId}',
    'conformance https://crm.example.org/strata --json',
  ],
  async run(context, { flags, operands }) {
    const { language, stdout, signal } = context;
    const words = conformanceTexts(language);
    const url = urlOf(operands[0] ?? '', 'URL', context);
    const own = {
      runId: randomBytes(4).toString('hex'),
      firstOffset: randomInt(FIRST_OFFSET_MAX),
      nowMs: Date.now,
    };
    const settings = {
      ...own,
      url,
      secret: secretOf(flags.secret, context),
      stateTemplate: templateOf(flags.state, context),
      settleMs: waitSeconds(flags.wait, context) * 1_000,
      retryDelayMs: RETRY_DELAY_MS,
      signal,
    };
    const planned = planScenarios(SCENARIOS, own);
    const total = planned.flatMap(({ turns }) => turns.flat()).length;
    let sent = 0;
    const progress = new Progress({
      context,
      label: words.sending,
      unit: words.posts,
      share: () => sent / total,
    });
    const result = await runConformance(planned, {
      ...settings,
      onPost: () => {
        sent += 1;
        progress.advance();
      },
    });
    if (result === null) {
      throw new CliFault('STRATA_CLI_CONFORMANCE_UNREACHABLE', words.unreachable(url.href));
    }
    progress.end();
    const { runId } = own;
    stdout.write(
      flags.json
        ? conformanceJson(result, { endpoint: url.href, runId }, language)
        : conformanceText(result, language),
    );
    const hasFailed = result.scenarios.some(({ misses }) => misses.length > 0);
    return hasFailed ? EXIT_CODES.failure : EXIT_CODES.success;
  },
});

function urlOf(text: string, name: string, { language }: CommandContext): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isUsable =
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isUsable) throw new UsageFault(conformanceTexts(language).badUrl(name, text));
  return url;
}

function templateOf(text: string | undefined, context: CommandContext): string | null {
  if (text === undefined) return null;
  urlOf(text.replaceAll(CUSTOMER_PLACE, 'c1'), '--state', context);
  if (text.includes(CUSTOMER_PLACE)) return text;
  throw new UsageFault(conformanceTexts(context.language).badTemplate(text));
}

function secretOf(flag: string | undefined, { env, language }: CommandContext): string {
  const words = conformanceTexts(language);
  const secret = flag ?? env['STRATA_CONFORMANCE_SECRET'] ?? '';
  if (secret === '') throw new UsageFault(words.noSecret);
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1] ?? '';
  const bytes = Buffer.from(base64, 'base64').length;
  if (bytes < 24 || bytes > 64) throw new UsageFault(words.badSecret);
  return secret;
}

function waitSeconds(text: string | undefined, { language }: CommandContext): number {
  if (text === undefined) return WAIT_SECONDS_DEFAULT;
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= WAIT_SECONDS_MAX))
    throw new UsageFault(conformanceTexts(language).badWait(text));
  return seconds;
}
