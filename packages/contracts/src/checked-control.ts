import type { z } from 'zod';
import { ContractFault } from './contract-fault.ts';
import { isDeadLetterReason } from './dead-letter-reason.ts';

/** A person's decision as it came in, held against its contract. @throws ContractFault that names the field at fault. */
export function checkedControl<T>(schema: z.ZodType<T>, raw: Readonly<Record<string, unknown>>): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = String(issue?.path[0] ?? 'type');
  const own = issue?.code === 'custom' ? String(issue.params?.['reason'] ?? '') : '';
  const isMissing = raw[field] === undefined || raw[field] === null;
  const fault = isDeadLetterReason(own) ? own : isMissing ? 'missing-field' : 'bad-field';
  throw new ContractFault(fault, field, `The field ${field} of a decision is not as it has to be.`);
}
