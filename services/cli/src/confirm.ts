import { createInterface } from 'node:readline';
import type { CommandContext } from './command.ts';

/** Whether somebody is there who can be asked. */
export function canAsk({ stdin, stderr }: Pick<CommandContext, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTty;
}

/** Asks, and takes the next line for the answer. The end of the input is a no. */
export async function confirm(
  { stdin, stderr, signal }: Pick<CommandContext, 'stdin' | 'stderr' | 'signal'>,
  question: string,
): Promise<boolean> {
  stderr.write(question);
  const lines = createInterface({ input: stdin, signal });
  try {
    for await (const line of lines) return ['yes', 'y', '是'].includes(line.trim().toLowerCase());
    return false;
  } finally {
    lines.close();
  }
}
