import type { DeliveryJob } from './delivery-ports.ts';
import { assert } from './faults.ts';

/** Refuses a job whose names some queue would misread: `:` parts keys, and ids of digits alone are given by the queue. */
export function assertSoundJob(job: DeliveryJob): void {
  assert(
    /^[A-Za-z0-9._-]+$/.test(job.id) && !/^\d+$/.test(job.id),
    `a job id has letters, digits, dots and dashes and is no number, not "${job.id}"`,
  );
  assert(
    /^[a-z0-9][a-z0-9_-]{0,63}$/.test(job.endpoint),
    `an endpoint is 1 to 64 of a-z, 0-9, - and _, not "${job.endpoint}"`,
  );
  assert(Number.isSafeInteger(job.sequence) && job.sequence >= 0, 'a sequence counts from 0');
}
