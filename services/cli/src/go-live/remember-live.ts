import type { CommandContext } from '../command.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { stackDir } from '../stack/stack-paths.ts';
import { readStackRecord, writeStackRecord } from '../stack/stack-record.ts';

/** From here on commands and services that start are told of wall time. The log says so already, whatever becomes of this. */
export function rememberLive({ env }: Pick<CommandContext, 'env'>, stack: StackHandle): void {
  stack.toWallTime();
  if (stack.kind === 'embedded') return;
  const dataDir = stackDir(env);
  const record = readStackRecord(dataDir, stack.kind);
  if (record === null || record.time === 'wall') return;
  writeStackRecord(dataDir, { ...record, time: 'wall' });
}
