import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicySet } from '@strata/domain';
import { type PolicyFileOptions, parsePolicyFile, withBaseCurrency } from '@strata/policy-file';
import { type FileProblem, nearestWord, problemText } from '@strata/yaml-file';
import { CliFault } from './cli-fault.ts';
import type { Language } from './language.ts';
import { catalogue } from './messages/texts.ts';

const PRESETS = fileURLToPath(new URL('../../../policies/', import.meta.url));
const EXTENSION = '.yaml';
export const PRESET_DEFAULT = 'shop';

const texts = catalogue({
  en: {
    noPreset: (name: string, guess: string | null, known: string) =>
      `There is no preset '${name}'. ${guess === null ? '' : `Did you mean '${guess}'? `}Presets: ${known}. For a file of your own write its path, as ./${name}${EXTENSION}.`,
    noFile: (path: string) =>
      `There is no policy file '${path}'. Check the path; it is taken from where you are.`,
    unreadable: (path: string, cause: string) =>
      `The policy file '${path}' cannot be read: ${cause}.`,
  },
  zh: {
    noPreset: (name: string, guess: string | null, known: string) =>
      `没有名为“${name}”的预设策略。${guess === null ? '' : `是否想写“${guess}”？`}现有预设：${known}。若是自己的文件，请写路径，例如 ./${name}${EXTENSION}。`,
    noFile: (path: string) => `没有策略文件“${path}”。请检查路径（相对于当前目录）。`,
    unreadable: (path: string, cause: string) => `无法读取策略文件“${path}”：${cause}。`,
  },
});

export interface ChosenPolicy {
  readonly set: PolicySet;
  readonly isPreset: boolean;
  readonly warnings: readonly FileProblem[];
}

export interface PolicyChoice {
  /** The path of a file, or the name of a preset. */
  readonly policy: string;
  readonly cwd: string;
  readonly language: Language;
  /** What the stack asks of it on which it is to be published. */
  readonly ground?: PolicyGround;
}

/** What a policy has to fit beside itself. */
export interface PolicyGround {
  readonly checks: Omit<PolicyFileOptions, 'file'>;
  /** In which presets count there, whose borders are in minor units of any; null for that of the preset. */
  readonly currency: string | null;
}

/** A policy file that cannot be used: one line for each problem. */
export class PolicyFileFault extends CliFault {
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[], language: Language) {
    const lines = problems.map((problem) => problemText(problem, language));
    super('STRATA_CLI_BAD_POLICY', lines.join('\n'));
    this.name = 'PolicyFileFault';
    this.problems = problems;
  }
}

/** Reads a policy file or a preset, or says line by line what is wrong with it. */
export async function readPolicy(choice: PolicyChoice): Promise<ChosenPolicy> {
  const { policy, cwd, language, ground } = choice;
  const isPreset = /^[\w-]+$/.test(policy);
  const path = isPreset ? await presetPath(policy, language) : resolve(cwd, policy);
  const text = await readFile(path, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    const words = texts(language);
    const sentence =
      fault.code === 'ENOENT' ? words.noFile(policy) : words.unreadable(policy, fault.message);
    throw new CliFault('STRATA_CLI_NO_FILE', sentence, fault);
  });
  const { checks = {}, currency = null } = ground ?? {};
  const result = isPreset
    ? parsePolicyFile(presetIn(text, currency), { ...checks, file: basename(path) })
    : parsePolicyFile(text, { ...checks, file: policy });
  if (!result.ok) throw new PolicyFileFault(result.problems, language);
  return { set: result.set, isPreset, warnings: result.warnings };
}

/** In the text, so that its lines stay those of the preset. */
function presetIn(text: string, currency: string | null): string {
  if (currency === null) return text;
  return text.replaceAll(/^base_currency: [A-Z]{3}$/gm, `base_currency: ${currency}`);
}

/** A preset's borders are in minor units of whatever the data is in; a policy of one's own names its currency and keeps it. */
export function inCurrency(chosen: ChosenPolicy, currency: string | null): PolicySet {
  return chosen.isPreset && currency !== null ? withBaseCurrency(chosen.set, currency) : chosen.set;
}

async function presetPath(name: string, language: Language): Promise<string> {
  const files = await readdir(PRESETS);
  const names = files
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => basename(file, EXTENSION))
    .toSorted();
  if (names.includes(name)) return join(PRESETS, `${name}${EXTENSION}`);
  const guess = nearestWord(name, names);
  const sentence = texts(language).noPreset(name, guess, names.join(', '));
  throw new CliFault('STRATA_CLI_NO_PRESET', sentence);
}
