import { createInterface } from 'node:readline/promises';
import type { CommandContext } from '../command.ts';
import { calibrateTexts } from './texts.ts';

/** Asks whoever sits at the terminal. Null where nobody does, and where no answer comes. */
export async function isAgreed({
  language,
  signal,
  stderr,
  stdin,
}: Pick<CommandContext, 'language' | 'signal' | 'stderr' | 'stdin'>): Promise<boolean | null> {
  if (!stderr.isTty) return null;
  const words = calibrateTexts(language);
  stderr.write(words.ask);
  const lines = createInterface({ input: stdin });
  signal.addEventListener('abort', () => lines.close(), { once: true });
  try {
    for await (const line of lines) return words.yesWords.includes(line.trim().toLowerCase());
    signal.throwIfAborted();
    return null;
  } finally {
    lines.close();
  }
}
