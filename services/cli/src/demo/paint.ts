import type { CommandContext } from '../command.ts';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Paint = (style: keyof typeof CODES, text: string) => string;

/** Colours for a terminal alone, and not where NO_COLOR asks for none (no-color.org). */
export function painter({ stdout, env }: Pick<CommandContext, 'stdout' | 'env'>): Paint {
  const isOn = stdout.isTty === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return (style, text) => (isOn ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}
