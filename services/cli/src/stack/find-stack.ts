import { type StackStatus, stackStatus } from '@strata/local-stack';
import type { CommandContext } from '../command.ts';
import { dockerStatus } from './docker-status.ts';
import { stackDir } from './stack-paths.ts';
import { readStackRecord, type StackRecord } from './stack-record.ts';

/** A stack outside this process of which something runs. */
export interface FoundStack extends Pick<StackStatus, 'state' | 'rows'> {
  readonly record: StackRecord;
}

/** What runs of the data folder's stack, as processes here or in containers; null where nothing does. */
export async function findStack({ env }: Pick<CommandContext, 'env'>): Promise<FoundStack | null> {
  const dataDir = stackDir(env);
  const local = readStackRecord(dataDir, 'local');
  const { state, rows } = stackStatus(dataDir);
  if (local !== null && state !== 'down') return { record: local, state, rows };
  const docker = readStackRecord(dataDir, 'docker');
  if (docker === null) return null;
  const containers = await dockerStatus(dataDir, { env });
  return containers.state === 'down' ? null : { record: docker, ...containers };
}
