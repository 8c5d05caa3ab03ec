/** Whether messages are Chinese: the first of the usual variables that is set decides. */
export function isChinese(env) {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return locale.toLowerCase().startsWith('zh');
}

const CHINESE = isChinese(process.env);

/** Says one line on standard error, where results never go. */
export function say(en, zh) {
  process.stderr.write(`${CHINESE ? zh : en}\n`);
}

/** A fault that is told to a person as it is, without a stack. */
export class BootstrapFault extends Error {
  constructor(en, zh) {
    super(CHINESE ? zh : en);
    this.name = 'BootstrapFault';
  }
}
