import { catalogue } from '../messages/texts.ts';

/** What the commands that start, stop and use a stack can say. */
export const stackTexts = catalogue({
  en: {
    notUp: 'No stack is up. Start one with ./strata up (or ./strata up --time data for an import).',
    partlyUp: (names: string) =>
      `Part of the stack has ended: ${names}. Look at its log with ./strata status, then ./strata down and ./strata up.`,
    isUp: (kind: string, time: string) => `The stack is up (${kind}, ${time} time).`,
    isUpUnread: (kind: string) =>
      `The stack is up (${kind}), and its state or its log cannot be read.`,
    isDown: 'The stack is down.',
    ended: (count: number) => `Ended ${count} processes.`,
    nothingToEnd: 'No stack is up; nothing to end.',
    consoleAt: (url: string) => `See tiers move: ${url}`,
    intakeAt: (url: string, keyFile: string) =>
      `Send events: POST ${url}/v1/events, with Authorization: Bearer and the key in ${keyFile}`,
    apiAt: (url: string, keyFile: string) =>
      `Ask the API: GET ${url}v1/customers/{id}, with Authorization: Bearer and the key in ${keyFile}`,
    badPartitions: (text: string, max: number) =>
      `'${text}' is no value for --partitions: write a whole number from 1 to ${max}.`,
    reviveHint:
      'Something has ended: look at its log, then ./strata up starts ended services again.',
    revived: (names: string) => `Started again: ${names}.`,
    nextSteps:
      'Next: ./strata import FILE --format FORMAT, ./strata profiles, ./strata why CUSTOMER',
    policyIs: (names: string, id: string) => `In force: policy ${names} (${id}).`,
    policyWaits:
      'No policy is in force yet: the first import publishes the preset shop in its own currency, or run ./strata policy publish FILE.',
    embedded:
      'Stack: embedded. All services run in this one process over memory; nothing is kept when it ends.',
    gone: 'The process that held the stack has ended. Start it again with ./strata up --stack embedded.',
    alreadyUp: 'A stack is up already. ./strata status shows it, ./strata down ends it.',
    realNeeds: (missing: string) => `A real stack (Kafka, registry, Redis) would need: ${missing}`,
    foreground: 'Ctrl-C ends it. Use the other commands from another terminal.',
    noSubscriptions: (path: string) => `--subscriptions ${path}: there is no such file.`,
    port: 'port',
    memory: 'memory',
    columns: ['Process', 'State', 'Pid', 'Port', 'Memory', 'Log'] as readonly string[],
    up: 'up',
    down: 'ended',
    lines: {
      customers: 'Customers',
      log: 'Customer log records',
      intakeLag: 'Not taken in yet',
      lag: 'Not folded yet',
      outbox: 'Not published yet',
      due: 'Partitions with somebody overdue',
      notifierLag: 'Tier changes not queued yet',
      clock: 'Clock',
      live: 'Live since',
      deadLetters: 'Dead letters',
      deliveries: 'Webhooks delivered / waiting / given up',
      policy: 'Policy',
      sweep: 'Sweep',
      shadow: 'Shadow',
    },
    livePartly: (at: string, done: number, all: number) =>
      `${at}, ${done} of ${all} partitions: finish it by ./strata go-live`,
    shadowMoves: (by: Readonly<Record<string, string>>) =>
      `would promote ${by['promoted']}, demote ${by['demoted']}, assign anew ${by['assigned']}, release ${by['released']}, leave ${by['stayed']}`,
    shadowLooked: (partitions: number, of: number) =>
      partitions === of ? '' : ` (looked at in ${partitions} of ${of} partitions so far)`,
    sweptAll: 'everybody has passed it',
    sweeping: (customers: string, done: number, of: number) =>
      `${customers} named, ${done} of ${of} partitions done`,
    pace: (perSecond: string) => `, ${perSecond}/s`,
    left: (seconds: string) => `, about ${seconds} s left`,
    none: 'none',
    unknown: 'not known',
    waiting: (records: string, seconds: string) => `${records}, waiting ${seconds} s`,
    standings: {
      ready: 'ready',
      'not-ready': 'not ready',
      failed: 'needs a restart',
      silent: 'does not answer',
    },
  },
  zh: {
    notUp: '没有正在运行的栈。请先执行 ./strata up（导入历史数据请用 ./strata up --time data）。',
    partlyUp: (names: string) =>
      `栈的一部分已退出：${names}。请用 ./strata status 查看日志，然后执行 ./strata down 与 ./strata up。`,
    isUp: (kind: string, time: string) => `栈正在运行（${kind}，${time} 时间）。`,
    isUpUnread: (kind: string) => `栈正在运行（${kind}），但其状态或日志无法读取。`,
    isDown: '栈未运行。',
    ended: (count: number) => `已结束 ${count} 个进程。`,
    nothingToEnd: '没有正在运行的栈，无需结束。',
    consoleAt: (url: string) => `查看等级变动：${url}`,
    intakeAt: (url: string, keyFile: string) =>
      `发送事件：POST ${url}/v1/events，标头 Authorization: Bearer 加 ${keyFile} 中的密钥`,
    apiAt: (url: string, keyFile: string) =>
      `调用 API：GET ${url}v1/customers/{id}，标头 Authorization: Bearer 加 ${keyFile} 中的密钥`,
    badPartitions: (text: string, max: number) =>
      `--partitions 不能取“${text}”：请写 1 到 ${max} 的整数。`,
    reviveHint: '有进程已退出：请查看其日志，然后执行 ./strata up 重新启动已退出的服务。',
    revived: (names: string) => `已重新启动：${names}。`,
    nextSteps:
      '下一步：./strata import FILE --format FORMAT、./strata profiles、./strata why CUSTOMER',
    policyIs: (names: string, id: string) => `策略 ${names}已生效（${id}）。`,
    policyWaits:
      '尚无生效的策略：首次导入会以其货币发布预设 shop，也可执行 ./strata policy publish FILE。',
    embedded: '栈：embedded。所有服务在同一进程内存中运行，进程结束后不保留任何数据。',
    gone: '承载该栈的进程已结束。请用 ./strata up --stack embedded 重新启动。',
    alreadyUp: '已有栈在运行。./strata status 可查看，./strata down 可结束。',
    realNeeds: (missing: string) => `真实的栈（Kafka、注册中心、Redis）还需要：${missing}`,
    foreground: '按 Ctrl-C 结束。其他命令请在另一个终端中执行。',
    noSubscriptions: (path: string) => `--subscriptions ${path}：没有该文件。`,
    port: '端口',
    memory: '内存',
    columns: ['进程', '状态', 'PID', '端口', '内存', '日志'] as readonly string[],
    up: '运行中',
    down: '已退出',
    lines: {
      customers: '客户数',
      log: '客户日志记录数',
      intakeLag: '待接入',
      lag: '待处理',
      outbox: '待发布',
      due: '有逾期未结算客户的分区',
      notifierLag: '待入队的等级变更',
      clock: '时钟',
      live: '上线时刻',
      deadLetters: '死信',
      deliveries: 'Webhook 已投递 / 等待 / 放弃',
      policy: '策略',
      sweep: '全量推进',
      shadow: '影子策略',
    },
    livePartly: (at: string, done: number, all: number) =>
      `${at}，${all} 个分区中已完成 ${done} 个：请用 ./strata go-live 完成`,
    shadowMoves: (by: Readonly<Record<string, string>>) =>
      `将升级 ${by['promoted']}、下调 ${by['demoted']}、重新定级 ${by['assigned']}、不再定级 ${by['released']}、不变 ${by['stayed']}`,
    shadowLooked: (partitions: number, of: number) =>
      partitions === of ? '' : `（目前已查看 ${partitions}/${of} 个分区）`,
    sweptAll: '全部完成',
    sweeping: (customers: string, done: number, of: number) =>
      `已点名 ${customers} 位，${done} / ${of} 个分区完成`,
    pace: (perSecond: string) => `，每秒 ${perSecond} 位`,
    left: (seconds: string) => `，约剩 ${seconds} 秒`,
    none: '无',
    unknown: '未知',
    waiting: (records: string, seconds: string) => `${records}，已等待 ${seconds} 秒`,
    standings: { ready: '就绪', 'not-ready': '未就绪', failed: '需要重启', silent: '无应答' },
  },
});
