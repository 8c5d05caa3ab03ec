import { CliFault, type ExitCode } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { connectStack } from './connect-stack.ts';
import { findStack } from './find-stack.ts';
import type { StackHandle } from './stack-handle.ts';
import { identityOf, stackIdentity } from './stack-identity.ts';
import { sealingKeyText, stackDir } from './stack-paths.ts';
import { stackTexts } from './stack-texts.ts';

/** Runs a command's work on the stack that is up, and lets go of it afterwards. */
export async function withStack(
  context: CommandContext,
  work: (stack: StackHandle) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (context.stack !== undefined) return work(context.stack);
  const stack = await connectToRunning(context);
  try {
    return await work(stack);
  } finally {
    await stack.close();
  }
}

async function connectToRunning(context: CommandContext): Promise<StackHandle> {
  const texts = stackTexts(context.language);
  const found = await findStack(context);
  const addresses = found?.record.addresses ?? null;
  if (found === null || addresses === null) {
    throw new CliFault('STRATA_CLI_NO_STACK', texts.notUp);
  }
  const { rows, record } = found;
  const ended = rows.filter((row) => !row.isUp && row.kind === 'backend').map((row) => row.name);
  if (ended.length > 0) {
    throw new CliFault('STRATA_CLI_STACK_PARTLY_UP', texts.partlyUp(ended.join(', ')));
  }
  const { kind, time, partitions } = record;
  const dataDir = stackDir(context.env);
  return connectStack({
    kind,
    time,
    partitions,
    addresses,
    sealingKey: sealingKeyText(dataDir),
    identity: identityOf(stackIdentity(dataDir)),
    env: context.env,
  });
}
