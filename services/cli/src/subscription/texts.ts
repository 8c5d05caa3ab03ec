import type { PlainChange, SubscriptionRefusal } from '@strata/subscriptions';
import { catalogue } from '../messages/texts.ts';

const REFUSALS_EN: Readonly<Record<SubscriptionRefusal, (id: string) => string>> = {
  'changed-meanwhile': (id) =>
    `Somebody else changed ${id} in the meantime, and nothing of yours was applied. Look at it with ./strata subscription show ${id}, and repeat your change.`,
  unknown: (id) =>
    `There is no subscription ${id} in the topic. See those there are with ./strata subscription list; what a file of the notifier declares is changed in that file.`,
  exists: (id) =>
    `There is a subscription ${id} already. Choose another id, or use ./strata subscription change ${id}.`,
  'not-active': (id) =>
    `${id} is not active, so it cannot be paused. See how it stands with ./strata subscription show ${id}.`,
  'not-paused': (id) =>
    `${id} is not paused. What was disabled goes on with ./strata subscription enable ${id}.`,
  'not-disabled': (id) =>
    `${id} is not disabled. What was paused goes on with ./strata subscription resume ${id}.`,
};
const REFUSALS_ZH: Readonly<Record<SubscriptionRefusal, (id: string) => string>> = {
  'changed-meanwhile': (id) =>
    `订阅 ${id} 刚被他人修改，您的修改未生效。请用 ./strata subscription show ${id} 查看后重试。`,
  unknown: (id) =>
    `主题中没有订阅 ${id}。可用 ./strata subscription list 查看现有订阅；通知服务文件中声明的订阅请在该文件中修改。`,
  exists: (id) => `已有订阅 ${id}。请换一个编号，或用 ./strata subscription change ${id} 修改。`,
  'not-active': (id) =>
    `订阅 ${id} 不处于启用状态，无法暂停。请用 ./strata subscription show ${id} 查看。`,
  'not-paused': (id) =>
    `订阅 ${id} 未暂停。被停用的订阅请用 ./strata subscription enable ${id} 重新启用。`,
  'not-disabled': (id) =>
    `订阅 ${id} 未被停用。已暂停的订阅请用 ./strata subscription resume ${id} 恢复。`,
};

const DONE_EN: Readonly<Record<PlainChange, (id: string) => string>> = {
  'subscription-paused': (id) => `${id} is paused: its deliveries wait until it is resumed.`,
  'subscription-resumed': (id) => `${id} goes on with what waited.`,
  'subscription-disabled': (id) => `${id} is disabled.`,
  'subscription-enabled': (id) => `${id} is enabled again and goes on with what waited.`,
  'subscription-removed': (id) => `${id} is removed; what was not delivered yet is not any more.`,
};
const DONE_ZH: Readonly<Record<PlainChange, (id: string) => string>> = {
  'subscription-paused': (id) => `订阅 ${id} 已暂停：投递将等待恢复。`,
  'subscription-resumed': (id) => `订阅 ${id} 已恢复，继续投递等待中的变更。`,
  'subscription-disabled': (id) => `订阅 ${id} 已停用。`,
  'subscription-enabled': (id) => `订阅 ${id} 已重新启用，继续投递等待中的变更。`,
  'subscription-removed': (id) => `订阅 ${id} 已删除；尚未投递的变更不再投递。`,
};

export const subscriptionTexts = catalogue({
  en: {
    noActor: 'Say who decides this: add --actor NAME.',
    problem: (flag: string, sentence: string) => `${flag} ${sentence}.`,
    nothingToChange: 'Say what to change, for example --concurrency 4; see --help.',
    notADuration: (flag: string, text: string) =>
      `'${text}' is no value for ${flag}: write minutes, hours or days, such as 30m, 24h or 7d, 30d at most; 0 ends the former secret at once.`,
    refusals: REFUSALS_EN,
    done: DONE_EN,
    added: (id: string) =>
      `${id} is subscribed from now on. The secret is shown once, and kept sealed only: hand it to whoever runs the endpoint.`,
    rotated: (id: string, until: string | null) =>
      until === null
        ? `${id} signs with the new secret alone. It is shown once.`
        : `${id} signs with both secrets until ${until}, then with the new one alone. It is shown once.`,
    changed: (id: string, version: number) => `${id} is at version ${version} now.`,
    none: 'No subscription yet; add one with ./strata subscription add ID --url https://...',
    columns: ['id', 'standing', 'version', 'deliver', 'changed', 'url'] as readonly string[],
    historyColumns: [
      'at',
      'subscription',
      'what',
      'version',
      'actor',
      'reason',
    ] as readonly string[],
    voided: 'void',
    standings: { active: 'active', paused: 'paused', disabled: 'disabled' },
    testAsked: 'Waiting for a notifier to send the test',
    testDelivered: (id: string, ms: number) => `${id} took the test in ${ms} ms.`,
    testRefused: (id: string, reason: string) =>
      `${id} did not take the test: ${reason}. Mend the endpoint, or change the subscription, and test again.`,
    replayNeedsBounds:
      'Say what to replay: --since DATE, --customer ID or --given-up; --until DATE bounds it.',
    replayOrder: '--until has to lie behind --since.',
    replayAsked: (id: string) =>
      `Asked of ${id}. The notifier delivers it again behind what is new; see ./strata subscription history ${id}.`,
  },
  zh: {
    noActor: '请注明由谁决定：加上 --actor NAME。',
    problem: (flag: string, sentence: string) => `${flag} ${sentence}。`,
    nothingToChange: '请说明要修改什么，例如 --concurrency 4；参见 --help。',
    notADuration: (flag: string, text: string) =>
      `${flag} 不能取“${text}”：请写分钟、小时或天，例如 30m、24h、7d，最长 30d；0 表示旧密钥立即失效。`,
    refusals: REFUSALS_ZH,
    done: DONE_ZH,
    added: (id: string) =>
      `订阅 ${id} 自现在起生效。密钥仅显示这一次，此后只以密封形式保存：请交给接收端的负责人。`,
    rotated: (id: string, until: string | null) =>
      until === null
        ? `订阅 ${id} 仅用新密钥签名。新密钥仅显示这一次。`
        : `订阅 ${id} 在 ${until} 之前同时用新旧密钥签名，此后仅用新密钥。新密钥仅显示这一次。`,
    changed: (id: string, version: number) => `订阅 ${id} 现为版本 ${version}。`,
    none: '尚无订阅；请用 ./strata subscription add ID --url https://... 添加。',
    columns: ['编号', '状态', '版本', '投递方式', '修改时间', '地址'] as readonly string[],
    historyColumns: ['时间', '订阅', '事项', '版本', '操作者', '原因'] as readonly string[],
    voided: '无效',
    standings: { active: '启用', paused: '已暂停', disabled: '已停用' },
    testAsked: '正在等待通知服务发送测试',
    testDelivered: (id: string, ms: number) => `${id} 已接收测试，用时 ${ms} 毫秒。`,
    testRefused: (id: string, reason: string) =>
      `${id} 未接收测试：${reason}。请修复接收端或修改订阅后重试。`,
    replayNeedsBounds:
      '请说明重放哪些变更：--since DATE、--customer ID 或 --given-up；可用 --until DATE 限定。',
    replayOrder: '--until 必须晚于 --since。',
    replayAsked: (id: string) =>
      `已对 ${id} 提出重放。通知服务将在新变更之后再次投递；参见 ./strata subscription history ${id}。`,
  },
});
