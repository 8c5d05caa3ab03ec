import { catalogue } from './texts.ts';

/** What the frame itself says: help, wrong use, faults. */
export const frameTexts = catalogue({
  en: {
    headline: 'Strata keeps every customer’s tier right at every instant and tells why.',
    usage: 'Usage',
    commands: 'Commands',
    operands: 'Arguments',
    flags: 'Flags',
    examples: 'Examples',
    helpHint: (command: string) => `Run './strata ${command}--help' for how to use it.`,
    moreHelp: "Run './strata <command> --help' for flags and examples.",
    helpFlag: 'this text',
    unknownCommand: (name: string) => `There is no command '${name}'.`,
    unknownFlag: (name: string) => `There is no flag '${name}'.`,
    didYouMean: (word: string) => `Did you mean '${word}'?`,
    noCommand: 'Which command?',
    flagNeedsValue: (name: string, value: string) =>
      `The flag ${name} needs a value: ${name} ${value}.`,
    flagTakesNoValue: (name: string) => `The flag ${name} takes no value.`,
    flagTwice: (name: string) => `The flag ${name} stands twice; give it once.`,
    flagMissing: (name: string, value: string) => `The flag ${name} ${value} is needed.`,
    operandMissing: (name: string) => `${name} is missing.`,
    tooMany: (text: string) => `'${text}' is one argument too many.`,
    notAChoice: (name: string, value: string, choices: string) =>
      `'${value}' is no value for ${name}: choose from ${choices}.`,
    notANumber: (name: string, value: string) =>
      `'${value}' is no value for ${name}: write a whole number.`,
    notADate: (name: string, value: string) =>
      `'${value}' is no value for ${name}: write 2026-01-31 (00:00 UTC) or 2026-01-31T08:00:00+08:00.`,
    interrupted: 'Interrupted; nothing half-done was left.',
    unexpected: (message: string) =>
      `This should not have happened: ${message}. Please report it with the command you ran.`,
  },
  zh: {
    headline: 'Strata 让每位客户的等级时刻准确，并能说明原因。',
    usage: '用法',
    commands: '命令',
    operands: '参数',
    flags: '选项',
    examples: '示例',
    helpHint: (command: string) => `用法请运行 './strata ${command}--help'。`,
    moreHelp: "各命令的选项与示例：'./strata <命令> --help'。",
    helpFlag: '显示本说明',
    unknownCommand: (name: string) => `没有“${name}”这个命令。`,
    unknownFlag: (name: string) => `没有“${name}”这个选项。`,
    didYouMean: (word: string) => `是否想写“${word}”？`,
    noCommand: '请指定命令。',
    flagNeedsValue: (name: string, value: string) => `选项 ${name} 需要取值：${name} ${value}。`,
    flagTakesNoValue: (name: string) => `选项 ${name} 不带取值。`,
    flagTwice: (name: string) => `选项 ${name} 出现了两次，请只写一次。`,
    flagMissing: (name: string, value: string) => `必须给出选项 ${name} ${value}。`,
    operandMissing: (name: string) => `缺少参数 ${name}。`,
    tooMany: (text: string) => `多出了参数“${text}”。`,
    notAChoice: (name: string, value: string, choices: string) =>
      `${name} 不能取“${value}”，可选：${choices}。`,
    notANumber: (name: string, value: string) => `${name} 不能取“${value}”：请写一个整数。`,
    notADate: (name: string, value: string) =>
      `${name} 不能取“${value}”：请写 2026-01-31（即 UTC 零点）或 2026-01-31T08:00:00+08:00。`,
    interrupted: '已中断，没有留下半成品。',
    unexpected: (message: string) =>
      `出现了意料之外的错误：${message}。请连同所运行的命令一并反馈。`,
  },
});
