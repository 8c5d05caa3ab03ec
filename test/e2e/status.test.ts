import { kill } from 'node:process';
import type { StackFigures } from '@strata/stack-figures';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RealStack, waitFor } from './real-stack.ts';

/** Whoever looks knows within a minute that something is not known: the services ask every 5 s and believe for 30 s. */
const NOTICED_MS = 60_000;
const PARTITIONS = 4;

let stack: RealStack;
let page = '';

interface Status {
  readonly figures: StackFigures;
  readonly lagRecords: number | null;
  readonly deadLetters: number | null;
  readonly consoleUrl: string;
}

const status = async (): Promise<Status> =>
  JSON.parse((await stack.run('status', '--json')).stdout) as Status;

async function pageFigures(): Promise<StackFigures> {
  return ((await (await fetch(`${page}v1/status`)).json()) as { stack: StackFigures }).stack;
}

/** What Prometheus would read of a service, by series; one that does not answer exports nothing. */
async function exported(service: string): Promise<ReadonlyMap<string, number>> {
  const port = stack.file().processes.find(({ name }) => name === service)?.port;
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
      signal: AbortSignal.timeout(2_000),
    });
    return seriesOf(await answer.text());
  } catch {
    return new Map();
  }
}

function seriesOf(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split('\n').flatMap((line): [string, number][] => {
      const [, series, value] = /^(strata_\S+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      return series === undefined ? [] : [[series, Number(value)]];
    }),
  );
}

/** The sum over all partitions; null where one of them is not known. */
function total(
  series: ReadonlyMap<string, number>,
  name: string,
  partitions: number,
): number | null {
  const values = [...series].filter(([key]) => key.startsWith(`${name}{`));
  if (values.length < partitions) return null;
  return values.reduce((sum, [, value]) => sum + value, 0);
}

/** The same figures, by the three who tell them. */
async function told() {
  const [terminal, shown, ingestor, scorer, notifier, own] = await Promise.all([
    status(),
    pageFigures(),
    exported('ingestor'),
    exported('scorer'),
    exported('notifier'),
    exported('console'),
  ]);
  const ofFigures = (it: StackFigures) => ({
    scorerLag: it.scorer.records,
    outbox: it.outbox.records,
    overdue: it.partitions.some(({ overdueSeconds }) => overdueSeconds === null)
      ? null
      : it.overduePartitions,
    notifierLag: it.notifier.records,
    delivered: it.jobs?.delivered ?? null,
    queuedForHook: it.endpoints?.find(({ endpoint }) => endpoint === 'hook')?.queued ?? null,
    deadLetters: it.deadLetters?.total ?? null,
    bronze: it.tiers?.find(({ tier }) => tier === 'bronze')?.customers ?? null,
  });
  const overdue = [...scorer].filter(([key]) => key.startsWith('strata_scorer_overdue_seconds{'));
  const letters = [...own].filter(([key]) => key.startsWith('strata_console_dead_letter_records{'));
  const isPageKnown = own.has('strata_console_lag_records{topic="strata.tiers.v1",partition="0"}');
  return {
    terminal: ofFigures(terminal.figures),
    page: ofFigures(shown),
    metrics: {
      scorerLag: total(scorer, 'strata_scorer_lag_records', PARTITIONS),
      outbox: total(scorer, 'strata_scorer_outbox_depth_records', PARTITIONS),
      overdue:
        overdue.length < PARTITIONS ? null : overdue.filter(([, seconds]) => seconds > 0).length,
      notifierLag: total(notifier, 'strata_notifier_lag_records', PARTITIONS),
      delivered: notifier.get('strata_notifier_queue_jobs{state="delivered"}') ?? null,
      queuedForHook:
        notifier.get('strata_notifier_endpoint_pending{endpoint="hook",where="queue"}') ?? null,
      deadLetters: isPageKnown ? letters.reduce((sum, [, count]) => sum + count, 0) : null,
      bronze:
        [...own].find(([key]) =>
          /^strata_console_tier_customers\{.*tier="bronze"/.test(key),
        )?.[1] ?? null,
    },
    standings: {
      terminal: Object.fromEntries(
        terminal.figures.services.map((it) => [it.service, it.standing]),
      ),
      page: Object.fromEntries(shown.services.map((it) => [it.service, it.standing])),
      metrics: Object.fromEntries(
        Object.entries({ ingestor, scorer, notifier, console: own }).map(([name, series]) => {
          const ready = series.get('strata_runtime_ready');
          return [name, ready === undefined ? 'silent' : ready === 1 ? 'ready' : 'not-ready'];
        }),
      ),
    },
  };
}

type Told = Awaited<ReturnType<typeof told>>;

/** Waits for what is asked for, and for all three to say it; what they said last is the failure. */
async function agreed(isAsked: (said: Told) => boolean, what: string): Promise<Told> {
  let said = await told();
  const isSame = (): boolean =>
    JSON.stringify(said.terminal) === JSON.stringify(said.page) &&
    JSON.stringify(said.page) === JSON.stringify(said.metrics) &&
    JSON.stringify(said.standings.terminal) === JSON.stringify(said.standings.page) &&
    JSON.stringify(said.standings.page) === JSON.stringify(said.standings.metrics);
  const deadline = performance.now() + 2 * NOTICED_MS;
  while (!isAsked(said) || !isSame()) {
    if (performance.now() > deadline) {
      throw new Error(`waited in vain for ${what}: ${JSON.stringify(said, null, 2)}`);
    }
    said = await told();
  }
  return said;
}

function buy(customerId: string): string {
  const event = {
    type: 'purchase',
    source: 'shop',
    eventId: `e-${customerId}`,
    customerId,
    occurredAt: new Date().toISOString(),
    orderId: `o-${customerId}`,
    amount: { minor: 500, currency: 'CNY' },
  };
  return JSON.stringify(event);
}

beforeAll(async () => {
  stack = await RealStack.open({ USER: 'ann' });
  await stack.must('up', '--partitions', String(PARTITIONS));
  await stack.must('policy', 'publish', 'shop', '--yes');
  await stack.must('subscription', 'add', 'hook', '--url', 'http://127.0.0.1:9/hook');
  const { consoleUrl } = await status();
  page = consoleUrl;
  const { intake } = JSON.parse((await stack.must('status', '--json')).stdout) as {
    intake: { url: string; key: string };
  };
  const answer = await fetch(`${intake.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${intake.key}`, 'content-type': 'application/x-ndjson' },
    body: Array.from({ length: 20 }, (_, n) => `${buy(`c${n}`)}\n`).join(''),
  });
  expect(answer.status, await answer.text()).toBe(200);
  await waitFor(async () => (await status()).figures.tiers !== null, 'the first figures');
});

afterAll(() => stack.close());

test('at rest the terminal, the page and the metrics say the same', async () => {
  const { terminal, standings } = await agreed(
    (said) => said.terminal.bronze === 20 && said.terminal.queuedForHook === 20,
    'twenty customers, whose webhooks nobody takes',
  );
  expect(terminal).toMatchObject({ scorerLag: 0, outbox: 0, notifierLag: 0, deadLetters: 0 });
  expect(standings.page).toEqual({
    ingestor: 'ready',
    scorer: 'ready',
    notifier: 'ready',
    console: 'ready',
  });
});

test('while the Redis of the queue stands still all three say that nothing is known of endpoints', async () => {
  const pid = stack.pidOf('redis-queue');
  kill(pid, 'SIGSTOP');
  try {
    const said = await agreed(
      ({ terminal, standings }) =>
        terminal.queuedForHook === null && standings.metrics['notifier'] === 'not-ready',
      'the endpoints to be unknown',
    );
    expect(said.terminal).toMatchObject({ delivered: null, queuedForHook: null, scorerLag: 0 });
  } finally {
    kill(pid, 'SIGCONT');
  }
  await agreed(
    ({ terminal, standings }) =>
      terminal.queuedForHook === 20 && standings.metrics['notifier'] === 'ready',
    'the endpoints to be known again',
  );
});

test('while the Redis of the state stands still all three say that the scorer is not well', async () => {
  const pid = stack.pidOf('redis-state');
  kill(pid, 'SIGSTOP');
  try {
    // Who reads the state itself misses it, too; each at its own time.
    await agreed(
      ({ standings: { metrics } }) =>
        metrics['scorer'] === 'not-ready' && metrics['console'] === 'not-ready',
      'scorer and console to miss their Redis',
    );
    expect((await stack.run('status')).stdout).toMatch(/Customers +not known/);
  } finally {
    kill(pid, 'SIGCONT');
  }
  await agreed(
    ({ standings }) =>
      standings.metrics['scorer'] === 'ready' && standings.metrics['console'] === 'ready',
    'the scorer to be well again',
  );
});

test('a service that hangs is silent in all three, and nothing of before stands for it', async () => {
  const pid = stack.pidOf('scorer');
  kill(pid, 'SIGSTOP');
  try {
    const { terminal } = await agreed(
      ({ standings }) => standings.metrics['scorer'] === 'silent',
      'the scorer to be silent',
    );
    expect(terminal).toMatchObject({ scorerLag: null, outbox: null, overdue: null });
  } finally {
    kill(pid, 'SIGCONT');
  }
  await agreed(({ terminal }) => terminal.scorerLag === 0, 'the scorer to answer again');
});
