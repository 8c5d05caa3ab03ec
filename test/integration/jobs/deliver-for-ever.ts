import { BullDeliveryQueue } from '@strata/jobs';

/** A worker that takes a job, says so and never finishes it. Its test kills it in the middle. */
const [, , url = '', name = ''] = process.argv;
const queue = await BullDeliveryQueue.connect({ url, name, lockMs: 500, stalledCheckMs: 200 });
queue.serve(new Map([['crm', { concurrency: 1, perSecond: null, deliver: 'every' }]]));
queue.work({
  deliver: (job, attempt) => {
    process.stdout.write(`${job.id} ${attempt}\n`);
    return new Promise(() => undefined);
  },
  givenUp: async () => {},
});
