import { askServices, SERVICE_NAMES, type StackFigures, stackFigures } from '@strata/stack-figures';
import type { CommandContext } from '../command.ts';
import type { FoundStack } from './find-stack.ts';

const PATIENCE_MS = 5_000;

/**
 * A running stack in figures, as its services tell them. Processes here are asked one by one; containers publish only the
 * page, which asks them.
 */
export async function askStack(
  { stack }: Pick<CommandContext, 'stack'>,
  found: FoundStack | null,
): Promise<StackFigures> {
  if (stack !== undefined) return stackFigures(await stack.askServices());
  if (found === null) return stackFigures([]);
  if (found.record.kind === 'docker') return figuresOfPage(found.record.consoleUrl);
  const addresses = found.rows.flatMap(({ name, port }) => {
    const service = SERVICE_NAMES.find((it) => it === name);
    return service === undefined || port === null
      ? []
      : [{ service, url: `http://127.0.0.1:${port}` }];
  });
  return stackFigures(await askServices(addresses));
}

/** A page that does not answer says nothing of anybody. */
async function figuresOfPage(consoleUrl: string | null): Promise<StackFigures> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(new URL('/v1/status', consoleUrl ?? ''), { signal });
    return ((await answer.json()) as { readonly stack: StackFigures }).stack;
  } catch {
    return stackFigures([]);
  }
}
