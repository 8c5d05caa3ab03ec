import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of a minute and more, longest first: begun last, one would keep a single worker busy at the end. */
const LONG = [
  'simulation/simulation.test.ts',
  'e2e/history-import.test.ts',
  'e2e/calibrate.test.ts',
  'e2e/go-live.test.ts',
  'chaos/takeover.test.ts',
  'e2e/demo.test.ts',
  'chaos/crash-points.test.ts',
  'integration/backtest/rfm-by-sql.test.ts',
  'e2e/policy-life.test.ts',
  'e2e/redrive.test.ts',
  'integration/backtest/online-retail-segments.test.ts',
  'e2e/minimised.test.ts',
].map((name) => fileURLToPath(new URL(name, import.meta.url)));

const gone = LONG.filter((path) => !existsSync(path));
if (gone.length > 0) throw new Error(`No such test, so take it off the list: ${gone.join()}`);

/** The order of files within a group of projects: the long ones as listed, then as vitest has them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const groupOf = (file: TestSpecification): number => file.project.config.sequence.groupOrder;
    const placeOf = (file: TestSpecification): number => {
      const place = LONG.indexOf(file.moduleId);
      return place === -1 ? LONG.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => groupOf(a) - groupOf(b) || placeOf(a) - placeOf(b));
  }
}
