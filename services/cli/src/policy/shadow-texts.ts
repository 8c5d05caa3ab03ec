import { catalogue } from '../messages/texts.ts';

/** What trying a set beside the one in force can say. */
export const shadowTexts = catalogue({
  en: {
    none: 'No shadow is tried. ./strata policy shadow FILE tries one.',
    started: (names: string, number: number) =>
      `Tried as a shadow, number ${number}: ${names}. Nothing of it is told outside; ./strata status shows what it would do, ./strata policy promote puts it in force.`,
    ended: (names: string) => `${names} is no longer tried as a shadow; nothing has changed.`,
    head: (names: string, number: number, by: string) =>
      `Shadow, number ${number}, by ${by}: ${names}.`,
    written: (count: string, path: string) => `${count} tier changes that it would bring: ${path}`,
    inForce: (names: string) =>
      `${names} is in force already, so there is nothing to try; nothing was changed.`,
    fileAndStop: 'Write a FILE or --stop, not both.',
    changesAndStop: 'Write --changes or --stop, not both.',
    promoting: (names: string, number: number) => `The shadow number ${number}: ${names}.`,
  },
  zh: {
    none: '当前没有影子策略。用 ./strata policy shadow FILE 开始试行。',
    started: (names: string, number: number) =>
      `已作为影子策略试行，第 ${number} 号：${names}。对外不发出任何变更；./strata status 可查看影响，./strata policy promote 使其生效。`,
    ended: (names: string) => `已停止试行影子策略 ${names}，未改变任何内容。`,
    head: (names: string, number: number, by: string) =>
      `影子策略，第 ${number} 号，发布人 ${by}：${names}。`,
    written: (count: string, path: string) => `将带来的 ${count} 条等级变更：${path}`,
    inForce: (names: string) => `${names} 已经生效，无需试行，未改变任何内容。`,
    fileAndStop: 'FILE 与 --stop 只能写一个。',
    changesAndStop: '--changes 与 --stop 只能写一个。',
    promoting: (names: string, number: number) => `影子策略第 ${number} 号：${names}。`,
  },
});
