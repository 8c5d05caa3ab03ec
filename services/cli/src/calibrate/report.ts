import {
  type BorderMove,
  type Calibration,
  type CalibrationComparison,
  exactUnitOf,
  type PolicySet,
  policyNamed,
  REPEATERS_MIN,
  type Uncalibrated,
  uncalibrated,
} from '@strata/domain';
import { tierLabel } from '@strata/policy-file';
import { calibrationJson, calibrationLines } from '../backtest/calibration-report.ts';
import type { Language } from '../language.ts';
import { policyNames } from '../policy-names.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';
import type { CustomersMoved } from './count-moved.ts';
import { calibrateTexts } from './texts.ts';

const NONE = '-';

/** Up to where a partition was read for the calibration. */
export interface CalibrationInput {
  readonly partition: number;
  readonly offset: number;
  readonly customers: number;
}

/** Everything that a person decides by whether a calibration is published. */
export interface CalibrationReport {
  readonly set: PolicySet;
  readonly calibration: Calibration;
  readonly isFirst: boolean;
  readonly inputs: readonly CalibrationInput[];
  readonly comparison: CalibrationComparison;
  /** Null where the set is not in force. */
  readonly moved: CustomersMoved | null;
}

export function reportText(report: CalibrationReport, language: Language): string {
  const { set, calibration, inputs, comparison, moved } = report;
  const words = calibrateTexts(language);
  const sum = (of: (input: CalibrationInput) => number): string =>
    groupDigits(inputs.reduce((total, input) => total + of(input), 0));
  return [
    words.set(policyNames(set, language), set.id),
    words.read(
      sum(({ customers }) => customers),
      groupDigits(inputs.length),
      sum(({ offset }) => offset),
    ),
    words.inputs(inputs.map(({ partition, offset }) => `${partition}:${offset}`).join(', ')),
    words.id(calibration.id),
    ...calibrationLines(calibration, set, language),
    ...(report.isFirst ? [words.first] : bordersText(report, language)),
    ...(report.isFirst
      ? []
      : [
          words.bordersMoved(
            groupDigits(comparison.bordersMoved),
            groupDigits(comparison.borders.filter(isBorder).length),
          ),
        ]),
    ...(moved === null ? [words.notInForce] : movedText(moved, set, language)),
    '',
  ].join('\n');
}

const isBorder = ({ kind }: BorderMove): boolean => kind === 'quantile' || kind === 'share';

function bordersText({ comparison, set }: CalibrationReport, language: Language): string[] {
  const words = calibrateTexts(language);
  const rows = comparison.borders.map((border) => [
    borderName(border, set, language),
    shown(border, border.before, set),
    shown(border, border.after, set),
    border.movedShare === null ? NONE : percentText(border.movedShare),
    border.isDrift ? words.beyond : '',
  ]);
  const table = tableText([words.columns, ...rows]);
  return [words.borders, ...table.split('\n').map((line) => `  ${line}`)];
}

function borderName(border: BorderMove, set: PolicySet, language: Language): string {
  const words = calibrateTexts(language);
  const meanings: Readonly<Record<string, string>> = words.meanings;
  const { kind, policy, part } = border;
  const owner = policyNamed(set, policy);
  const own =
    kind === 'share' && owner !== null ? tierLabel(owner, border.name, language) : border.name;
  const name = set.policies.length === 1 ? own : `${policy}: ${own}`;
  switch (kind) {
    case 'quantile':
      return words.kinds.quantile(name, part ?? '');
    case 'share':
      return words.kinds.share(name);
    case 'model':
      return words.kinds.model(name, meanings[part ?? ''] ?? part ?? '');
    case 'parameter':
      return words.kinds.parameter(name, part ?? '');
  }
}

/** In the unit of the dimension, which is that of the policy file. */
function inOwnUnit(border: BorderMove, value: number, set: PolicySet): number {
  if (border.kind === 'share') return value / 1_000;
  if (border.kind !== 'quantile') return value;
  const dimension = policyNamed(set, border.policy)?.dimensions.find(
    ({ name }) => name === border.name,
  );
  return dimension === undefined ? value : value / exactUnitOf(dimension.of);
}

function shown(border: BorderMove, value: number | null, set: PolicySet): string {
  if (value === null) return NONE;
  const own = inOwnUnit(border, value, set);
  return Number.isInteger(own) ? String(own) : String(Number(own.toPrecision(6)));
}

function percentText(share: number): string {
  if (!Number.isFinite(share)) return '∞';
  return `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
}

function movedText(moved: CustomersMoved, set: PolicySet, language: Language): readonly string[] {
  const words = calibrateTexts(language);
  const label = (policy: string, tier: string): string => {
    const owner = policyNamed(set, policy);
    const own = owner === null ? tier : tierLabel(owner, tier, language);
    return set.policies.length === 1 ? own : `${policy}: ${own}`;
  };
  return [
    words.customersMoved({
      moved: groupDigits(moved.moved),
      graded: groupDigits(moved.graded),
      up: groupDigits(moved.up),
      down: groupDigits(moved.down),
    }),
    ...moved.ways.map(
      ({ policy, from, to, customers }) =>
        `  ${words.way(label(policy, from), label(policy, to), groupDigits(customers))}`,
    ),
  ];
}

/** One line for each part that would have no border, and what to do. */
export function lackText(calibration: Calibration, set: PolicySet, language: Language): string {
  const words = calibrateTexts(language);
  const lines = uncalibrated(calibration).map((lack) => {
    const minimum = lack.why === 'too-few-repeats' ? REPEATERS_MIN : lack.minimumPopulation;
    return words.lacks[lack.why]({
      place: lackPlace(lack, set),
      population: groupDigits(lack.population),
      minimum: groupDigits(minimum),
    });
  });
  return [...lines, words.lackRemedy].join('\n');
}

/** As the path in the policy file. */
function lackPlace({ kind, policy, name }: Uncalibrated, set: PolicySet): string {
  const path = kind === 'share' ? `tiers.${name}` : `dimensions.${name}`;
  return set.policies.length === 1 ? path : `${policy}: ${path}`;
}

/** The borders that hold a calibration back, by name. */
export function driftText({ comparison, set }: CalibrationReport, language: Language): string {
  return comparison.drifted
    .map((border) => borderName(border, set, language))
    .join(language === 'zh' ? '、' : '; ');
}

export function reportJson(report: CalibrationReport): Record<string, unknown> {
  const { set, calibration, inputs, comparison, moved, isFirst } = report;
  return {
    setId: set.id,
    calibration: calibrationJson(calibration, set),
    inputs,
    isFirst,
    borders: comparison.borders.map((border) => ({
      kind: border.kind,
      policy: border.policy,
      name: border.name,
      part: border.part,
      before: border.before === null ? null : inOwnUnit(border, border.before, set),
      after: border.after === null ? null : inOwnUnit(border, border.after, set),
      moved: border.moved === null ? null : inOwnUnit(border, border.moved, set),
      // JSON knows no infinity; away from zero no share says how far.
      movedShare:
        border.movedShare === null || !Number.isFinite(border.movedShare)
          ? null
          : border.movedShare,
      isDrift: border.isDrift,
    })),
    bordersMoved: comparison.bordersMoved,
    customersMoved: moved,
    lacking: uncalibrated(calibration),
  };
}
