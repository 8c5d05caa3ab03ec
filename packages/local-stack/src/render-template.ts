import { StackFault } from './stack-fault.ts';

/** Fills `${name}` places; a name without a value, or a value without a place, is refused. */
export function renderTemplate(
  template: string,
  values: Readonly<Record<string, string | number>>,
): string {
  const unused = new Set(Object.keys(values));
  const rendered = template
    .split('\n')
    .map((line) => (line.startsWith('#') ? line : fillLine(line, values, unused)))
    .join('\n');
  for (const name of unused) {
    throw invalid(`has no place for \${${name}}`, `没有 \${${name}} 的位置`);
  }
  return rendered;
}

function fillLine(
  line: string,
  values: Readonly<Record<string, string | number>>,
  unused: Set<string>,
): string {
  return line.replace(/\$\{(\w*)\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw invalid(`names \${${name}}`, `引用了 \${${name}}`);
    unused.delete(name);
    return String(value);
  });
}

function invalid(en: string, zh: string): StackFault {
  return new StackFault('STRATA_STACK_TEMPLATE_INVALID', {
    en: `The broker's template ${en}, which its caller does not know. Restore infra/kafka/server.properties from git.`,
    zh: `代理模板${zh}，调用方不认识。请用 git 恢复 infra/kafka/server.properties。`,
  });
}
