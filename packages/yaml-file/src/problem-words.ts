import type { Bilingual } from './file-problem.ts';

type Args = Readonly<Record<string, string>>;
export interface ProblemText {
  readonly what: (args: Args) => Bilingual;
  readonly remedy: (args: Args) => Bilingual;
}

/** Words of one problem. `{name}` stands for an argument; an argument that is empty leaves its sentence out. */
export function words(what: Bilingual, remedy: Bilingual): ProblemText {
  return {
    what: (args) => ({ zh: fill(what.zh, args), en: fill(what.en, args) }),
    remedy: (args) => ({ zh: fill(remedy.zh, args), en: fill(remedy.en, args) }),
  };
}

function fill(template: string, args: Args): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => args[name] ?? '');
}
