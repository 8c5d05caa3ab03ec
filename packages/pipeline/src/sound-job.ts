import { assert } from './faults.ts';
import type { DeliveryJob } from './ports.ts';

/** Refuses a job whose id some queue would misread: `:` parts keys, and ids of digits alone are given by the queue. */
export function assertSoundJob(job: DeliveryJob): void {
  assert(
    /^[A-Za-z0-9._-]+$/.test(job.id) && !/^\d+$/.test(job.id),
    `a job id has letters, digits, dots and dashes and is no number, not "${job.id}"`,
  );
}
