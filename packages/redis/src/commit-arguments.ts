import type { PartitionCommit } from '@strata/pipeline';
import { outboxFields, toBuffer } from './outbox-codec.ts';
import type { ShardKeys } from './shard-keys.ts';
import type { ScriptArgument } from './shard-scripts.ts';

/** KEYS and ARGV of commit.lua, whose header says what lies where. */
export function commitArguments(keys: ShardKeys, commit: PartitionCommit): ScriptArgument[] {
  const lists = listsOf(commit);
  return [
    keys.meta,
    keys.customers,
    keys.pages,
    keys.due,
    keys.outbox,
    commit.owner,
    commit.expectedNext,
    commit.next,
    commit.outbox[0]?.position ?? 0,
    commit.outbox.at(-1)?.position ?? 0,
    ...lists.map((list) => list.length),
    ...lists.flat(),
  ];
}

function listsOf(commit: PartitionCommit): ScriptArgument[][] {
  const fields: ScriptArgument[] = [];
  const states: ScriptArgument[] = [];
  const removed: ScriptArgument[] = [];
  const pages: ScriptArgument[] = [];
  const removedPages: ScriptArgument[] = [];
  const due: ScriptArgument[] = [];
  const neverDue: ScriptArgument[] = [];
  const outbox: ScriptArgument[] = [];
  for (const [name, bytes] of Object.entries(commit.fields)) {
    fields.push(`f:${name}`, toBuffer(bytes));
  }
  for (const [customerId, bytes] of commit.states) {
    if (bytes === null) removed.push(customerId);
    else states.push(customerId, toBuffer(bytes));
  }
  for (const [name, bytes] of commit.pages) {
    if (bytes === null) removedPages.push(name);
    else pages.push(name, toBuffer(bytes));
  }
  for (const [customerId, dueAtMs] of commit.due) {
    if (dueAtMs === null) neverDue.push(customerId);
    else due.push(dueAtMs, customerId);
  }
  for (const entry of commit.outbox) {
    const entryFields = outboxFields(entry);
    outbox.push(`${entry.position}-0`, entryFields.length, ...entryFields);
  }
  return [fields, states, removed, pages, removedPages, due, neverDue, outbox];
}
