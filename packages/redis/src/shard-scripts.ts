import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

export type ScriptArgument = string | number | Buffer;
type Script = (keysAndArguments: readonly ScriptArgument[]) => Promise<unknown>;

/** The scripts of a shard. Replies come as buffers, since state and fields are bytes. */
export interface ShardScripts {
  readonly acquire: Script;
  readonly inspect: Script;
  readonly commit: Script;
  readonly trimOutbox: Script;
  readonly amend: Script;
  readonly adopt: Script;
}

function lua(name: string): string {
  return readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
}

/**
 * Registers the scripts with one connection. Each is sent as a lone command: ioredis falls back from EVALSHA to EVAL
 * only outside pipelines and MULTI, so a flushed script cache heals by itself.
 */
export function shardScripts(redis: Redis): ShardScripts {
  return {
    acquire: register(redis, 'strataAcquire', { lua: lua('acquire'), numberOfKeys: 5 }),
    inspect: register(redis, 'strataInspect', { lua: lua('inspect'), numberOfKeys: 3 }),
    commit: register(redis, 'strataCommit', { lua: lua('commit'), numberOfKeys: 5 }),
    trimOutbox: register(redis, 'strataTrimOutbox', { lua: lua('trim-outbox'), numberOfKeys: 2 }),
    amend: register(redis, 'strataAmend', { lua: lua('amend'), numberOfKeys: 4 }),
    adopt: register(redis, 'strataAdopt', { lua: lua('adopt'), numberOfKeys: 10 }),
  };
}

function register(
  redis: Redis,
  name: string,
  definition: { lua: string; numberOfKeys: number },
): Script {
  redis.defineCommand(name, definition);
  const commands = redis as unknown as Record<string, Script>;
  return (keysAndArguments) => {
    const command = commands[`${name}Buffer`];
    if (command === undefined) throw new TypeError(`ioredis did not define ${name}`);
    // As one list, which ioredis flattens: a large commit spread over parameters would overflow the call stack.
    return command.call(redis, keysAndArguments);
  };
}
