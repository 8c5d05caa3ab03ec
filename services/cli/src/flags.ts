import { parseArgs } from 'node:util';
import { nearestWord } from '@strata/yaml-file';
import { UsageFault } from './cli-fault.ts';
import type { Language } from './language.ts';
import { frameTexts } from './messages/frame.ts';
import type { Text } from './messages/texts.ts';

/** `switch` is on or off, `text` is given once, `texts` may be repeated. */
export type FlagSpec =
  | { readonly kind: 'switch'; readonly about: Text }
  | {
      readonly kind: 'text' | 'texts';
      /** What the help calls the value, as DATE. */
      readonly value: string;
      readonly about: Text;
      readonly choices?: readonly string[];
      readonly isNeeded?: boolean;
    };
export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

export interface OperandSpec {
  readonly name: string;
  readonly about: Text;
  readonly isOptional?: boolean;
  /** Of the last one: as many as there are. */
  readonly isMany?: boolean;
}

type ValueOf<S extends FlagSpec> = S extends { kind: 'switch' }
  ? boolean
  : S extends { kind: 'texts' }
    ? readonly string[]
    : S extends { isNeeded: true }
      ? string
      : string | undefined;
export type FlagValues<F extends FlagSpecs> = { readonly [K in keyof F]: ValueOf<F[K]> };

interface ArgumentsToParse<F extends FlagSpecs> {
  readonly argv: readonly string[];
  readonly flags: F;
  readonly operands: readonly OperandSpec[];
  readonly language: Language;
}

/** Reads flags and operands, or says in one sentence what is wrong and what to write instead. */
export function parseArguments<F extends FlagSpecs>(
  input: ArgumentsToParse<F>,
): { readonly flags: FlagValues<F>; readonly operands: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(input.flags).map(([name, spec]) => [
      name,
      { type: spec.kind === 'switch' ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  );
  const parsed = parseArgs({
    args: [...input.argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of parsed.tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(input.flags, token.name) ? input.flags[token.name] : undefined;
    if (spec === undefined) throw unknownFlag(token.rawName, input);
    checkValue({ spec, rawName: token.rawName, value: token.value }, input.language);
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? '']);
  }
  const flags = Object.entries(input.flags).map(([name, spec]) => [
    name,
    valueOf(name, { spec, values: given.get(name) ?? [] }, input.language),
  ]);
  checkOperands(operands, input);
  return { flags: Object.fromEntries(flags) as FlagValues<F>, operands };
}

/** What may stand behind the flag, as help and faults show it. */
export function valueHint(spec: FlagSpec): string {
  if (spec.kind === 'switch') return '';
  return spec.choices === undefined ? spec.value : spec.choices.join('|');
}

interface GivenValue {
  readonly spec: FlagSpec;
  readonly rawName: string;
  readonly value: string | undefined;
}

function checkValue({ spec, rawName, value }: GivenValue, language: Language): void {
  const texts = frameTexts(language);
  if (spec.kind === 'switch') {
    if (value !== undefined) throw new UsageFault(texts.flagTakesNoValue(rawName));
    return;
  }
  if (value === undefined || value === '') {
    throw new UsageFault(texts.flagNeedsValue(rawName, valueHint(spec)));
  }
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    const guess = nearestWord(value, spec.choices);
    const sentence = texts.notAChoice(rawName, value, spec.choices.join(', '));
    throw new UsageFault(guess === null ? sentence : `${sentence} ${texts.didYouMean(guess)}`);
  }
}

function valueOf(
  name: string,
  given: { readonly spec: FlagSpec; readonly values: readonly string[] },
  language: Language,
): boolean | string | readonly string[] | undefined {
  const { spec, values } = given;
  const texts = frameTexts(language);
  if (spec.kind === 'switch') return values.length > 0;
  if (spec.isNeeded === true && values.length === 0) {
    throw new UsageFault(texts.flagMissing(`--${name}`, valueHint(spec)));
  }
  if (spec.kind === 'texts') return values;
  if (values.length > 1) throw new UsageFault(texts.flagTwice(`--${name}`));
  return values[0];
}

function unknownFlag(rawName: string, input: ArgumentsToParse<FlagSpecs>): UsageFault {
  const texts = frameTexts(input.language);
  const known = Object.keys(input.flags).map((name) => `--${name}`);
  const guess = nearestWord(rawName, known);
  const sentence = texts.unknownFlag(rawName);
  return new UsageFault(guess === null ? sentence : `${sentence} ${texts.didYouMean(guess)}`);
}

function checkOperands(operands: readonly string[], input: ArgumentsToParse<FlagSpecs>): void {
  const texts = frameTexts(input.language);
  const missing = input.operands.find(
    (operand, index) => operand.isOptional !== true && operands[index] === undefined,
  );
  if (missing !== undefined) throw new UsageFault(texts.operandMissing(missing.name));
  if (input.operands.at(-1)?.isMany === true) return;
  const extra = operands[input.operands.length];
  if (extra !== undefined) throw new UsageFault(texts.tooMany(extra));
}
