/** What a page of metrics says of one: its kind, how many samples it has, and their labels. */
export interface ExposedMetric {
  readonly name: string;
  readonly kind: string;
  readonly samples: number;
  readonly labels: ReadonlySet<string>;
}

/** Reads the text format of Prometheus; a metric without samples has no labels yet. */
export function readExposition(text: string): readonly ExposedMetric[] {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => {
    const own = new RegExp(`^${name}${kind === 'histogram' ? '_(?:bucket|sum|count)' : ''}[{ ]`);
    const lines = samples.filter((line) => own.test(line));
    const labels = lines.flatMap((line) =>
      [...line.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label),
    );
    return { name, kind, samples: lines.length, labels: new Set(labels) };
  });
}
