import type { Instant } from '@strata/domain';
import { readTierChanges } from '../../e2e/foreign-reader.ts';
import type { Audit, Verdict } from '../audit/audit.ts';
import { foreignTold, type Told } from '../audit/told.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';
import { isReferrer } from '../stack/shoppers.ts';
import { CURRENCY } from './load.ts';
import { readByKcat } from './read-by-kcat.ts';
import { backtestFromLog, verifyFromLog } from './strata-commands.ts';

/** `null` where it could not be made; else what is wrong, which is nothing where all is well. */
export interface Check {
  readonly name: string;
  readonly faults: readonly string[] | null;
}

/** Everything that is held against the log once all is quiet. */
export async function allChecks(
  stack: ChaosStack,
  { audit, verdict, clock }: { audit: Audit; verdict: Verdict; clock: Instant },
): Promise<readonly Check[]> {
  const byKcat = await readByKcat(stack.backends);
  return [
    { name: 'fold of the log, record by record', faults: verdict.faults },
    { name: './strata verify --from-log', faults: await verifyFromLog(stack.handle) },
    { name: 'plain kafkajs, by the one rule', faults: await readByKafkajs(stack, audit) },
    {
      name: 'kcat, by the one rule',
      faults: byKcat && [...byKcat.gaps, ...differences(byKcat.told, audit.changes())],
    },
    {
      name: 'kcat beside ./strata backtest --from-log',
      faults: byKcat && (await besideBacktest(stack, byKcat.told, clock)),
    },
  ];
}

/** Of everybody whose changes do not hang on when another partition was heard of. */
async function besideBacktest(
  { handle }: ChaosStack,
  told: readonly Told[],
  untilMs: Instant,
): Promise<readonly string[]> {
  const mine = (line: Told): boolean => !isReferrer(line);
  const backtested = await backtestFromLog(handle, { baseCurrency: CURRENCY, untilMs });
  return differences(told.filter(mine), backtested.filter(mine));
}

/** The same changes, each once; of one customer they are numbered, so the order is compared too. */
function differences(told: readonly Told[], expected: readonly Told[]): readonly string[] {
  const [left, right] = [told.toSorted(), expected.toSorted()];
  if (left.length > 0 && left.join('\n') === right.join('\n')) return [];
  const at = left.findIndex((line, index) => line !== right[index]);
  return [`${left.length} changes instead of ${right.length}; the first that differs: ${at}`];
}

async function readByKafkajs({ backends }: ChaosStack, audit: Audit): Promise<readonly string[]> {
  const { changes, gaps } = await readTierChanges(backends);
  return [
    ...(gaps > 0 ? [`${gaps} gaps`] : []),
    ...differences(changes.map(foreignTold), audit.changes()),
  ];
}
