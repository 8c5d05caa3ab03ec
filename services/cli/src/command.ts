import type { Readable } from 'node:stream';
import type { ExitCode } from './cli-fault.ts';
import { type FlagSpecs, type FlagValues, type OperandSpec, parseArguments } from './flags.ts';
import type { Language } from './language.ts';
import type { Text } from './messages/texts.ts';
import type { StackHandle } from './stack/stack-handle.ts';

export interface TextSink {
  write(text: string): void;
}

/** All that a command may touch of the process it runs in, so that it runs in another process or in a test as well. */
export interface CommandContext {
  /** Results. */
  readonly stdout: TextSink & { readonly isTty?: boolean };
  /** Progress and faults. */
  readonly stderr: TextSink & { readonly isTty: boolean };
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly language: Language;
  /** Aborted by Ctrl-C: the command cleans up and ends. */
  readonly signal: AbortSignal;
  /** Milliseconds for measuring, never for deciding. */
  readonly monotonicMs: () => number;
  /** The stack of this very process, where the services run in it; otherwise commands connect to the one that is up. */
  readonly stack?: StackHandle;
}

export interface CommandInput<F extends FlagSpecs> {
  readonly flags: FlagValues<F>;
  readonly operands: readonly string[];
}

export interface CommandSpec<F extends FlagSpecs> {
  /** One word, or two as in `policy check`. */
  readonly name: string;
  readonly summary: Text;
  readonly operands?: readonly OperandSpec[];
  readonly flags: F;
  /** Whole command lines after `./strata `. */
  readonly examples: readonly string[];
  readonly run: (context: CommandContext, input: CommandInput<F>) => Promise<ExitCode>;
}

/** A command as the dispatch table holds it: its flag types are closed over. */
export interface Command {
  readonly name: string;
  readonly summary: Text;
  readonly operands: readonly OperandSpec[];
  readonly flags: FlagSpecs;
  readonly examples: readonly string[];
  readonly execute: (context: CommandContext, argv: readonly string[]) => Promise<ExitCode>;
}

export function defineCommand<const F extends FlagSpecs>(spec: CommandSpec<F>): Command {
  const operands = spec.operands ?? [];
  return {
    name: spec.name,
    summary: spec.summary,
    operands,
    flags: spec.flags,
    examples: spec.examples,
    execute: (context, argv) => {
      const { language } = context;
      return spec.run(context, parseArguments({ argv, flags: spec.flags, operands, language }));
    },
  };
}
