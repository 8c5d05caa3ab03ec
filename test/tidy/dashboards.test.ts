import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkQuery } from './queries/check-query.ts';
import { exportedSeries } from './queries/exported-series.ts';
import { filesThat, readText } from './repository.ts';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const SCRAPED = await exportedSeries();
const RULES = filesThat(/^infra\/prometheus\/rules\/.*\.yml$/).flatMap((path) => {
  const { groups } = parse(readText(path)) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
});
/** And what the rules record of it. */
const KNOWN = new Map([
  ...SCRAPED,
  ...RULES.flatMap(({ record, expr }) =>
    record === undefined
      ? []
      : [[record, { labels: [...checkQuery(expr, SCRAPED).labels], jobs: null }] as const],
  ),
]);
const PATHS = filesThat(/^infra\/grafana\/dashboards\/.*\.json$/);
const DASHBOARDS = PATHS.map((path) => JSON.parse(readText(path)) as Dashboard);
const PANELS = DASHBOARDS.flatMap((board) =>
  board.panels
    .filter(({ type }) => type !== 'row')
    .map((panel) => ({ name: `${board.title}: ${panel.title}`, panel })),
);

describe('dashboards', () => {
  test('there are the five, each known by its own id and linked by one tag', () => {
    expect(PATHS.map((path) => path.slice(path.lastIndexOf('/') + 1, -'.json'.length))).toEqual([
      'business',
      'delivery',
      'intake',
      'overview',
      'scorer',
    ]);
    expect(new Set(DASHBOARDS.map(({ uid }) => uid)).size).toBe(DASHBOARDS.length);
    for (const { description } of DASHBOARDS) expect(description.length).toBeGreaterThan(40);
  });

  test('ask the Prometheus that is provisioned', () => {
    const { datasources } = parse(
      readText('infra/grafana/provisioning/datasources/prometheus.yml'),
    ) as { datasources: { uid: string }[] };
    const uids = new Set(PANELS.map(({ panel }) => panel.datasource?.uid));
    expect([...uids]).toEqual(datasources.map(({ uid }) => uid));
  });

  test.each(PANELS)('$name says what it shows, in which unit, and what is normal', ({ panel }) => {
    expect(panel.description).toMatch(/Normal: \S/);
    expect(panel.fieldConfig?.defaults.unit).toMatch(/^(s|short|bytes|reqps|percentunit)$/);
    expect(panel.targets?.length).toBeGreaterThan(0);
  });

  test.each(PANELS)('$name asks for what a service exports', ({ panel }) => {
    for (const { expr, legendFormat } of panel.targets ?? []) {
      const { faults, labels } = checkQuery(expr, KNOWN);
      expect(faults).toEqual([]);
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      expect(named.filter((label) => !labels.has(label))).toEqual([]);
    }
  });
});

describe('docker-compose.yml', () => {
  const { services } = parse(readText('docker-compose.yml'), { merge: true }) as {
    services: Record<
      string,
      { profiles?: string[]; image: string; volumes?: string[]; ports?: string[] }
    >;
  };

  test.each(['prometheus', 'grafana'])(
    'has %s behind a profile, pinned and on loopback',
    (name) => {
      const service = services[name];
      expect(service?.profiles).toEqual(['dashboards']);
      expect(service?.image).toMatch(/:v?\d+\.\d+\.\d+\}$/);
      expect(service?.ports?.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
      const folders = (service?.volumes ?? []).flatMap((volume) =>
        volume.startsWith('./') ? [volume.slice(2, volume.indexOf(':'))] : [],
      );
      expect(folders.length).toBeGreaterThan(0);
      const files = filesThat(/^infra\//);
      expect(
        folders.filter((folder) => !files.some((path) => path.startsWith(`${folder}/`))),
      ).toEqual([]);
    },
  );

  test('has every target of Prometheus', () => {
    const { scrape_configs } = parse(readText('infra/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    const hosts = scrape_configs.flatMap((job) =>
      job.static_configs.flatMap(({ targets }) => targets.map((it) => it.split(':')[0] ?? '')),
    );
    expect(hosts.toSorted()).toEqual(['console', 'ingestor', 'notifier', 'scorer']);
    expect(hosts.filter((host) => !(host in services))).toEqual([]);
  });
});

describe('rules', () => {
  test.each(RULES)(
    '$alert$record asks for what a service exports, and names what it has',
    (rule) => {
      const { faults, labels } = checkQuery(rule.expr, KNOWN);
      expect(faults).toEqual([]);
      const texts = Object.values(rule.annotations ?? {}).join(' ');
      const named = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
      expect(named.filter((label) => !labels.has(label))).toEqual([]);
    },
  );
});

describe('the check of a query', () => {
  const faultsOf = (query: string): readonly string[] => checkQuery(query, KNOWN).faults;

  test.each([
    ['a metric that no service exports', 'sum(strata_scorer_lag_minutes)', /no service exports/],
    ['a selector without a name', '{job="scorer"}', /no service exports/],
    ['a label that the metric has not', 'strata_scorer_lag_seconds{topic="a"}', /no label topic/],
    ['a job that does not export it', 'strata_scorer_owned{job="console"}', /does not export/],
    ['one of several jobs', 'strata_scorer_owned{job=~"scorer|console"}', /console/],
    ['a group that is not there', 'sum by (endpoint) (strata_scorer_owned)', /grouped by endpoint/],
    ['a group that was dropped', 'max by (job) (sum by (partition) (strata_scorer_owned))', /job/],
    ['a match that is not there', 'up * on (partition) strata_scorer_owned', /on partition/],
    ['a quantile of no buckets', 'histogram_quantile(0.9, sum(strata_scorer_owned))', /without le/],
    ['a recording that no rule makes', 'strata:freshness:good', /no service exports/],
    ['what cannot be read', 'sum by (job (up)', /cannot be read/],
    ['an end that is missing', 'rate(up[1m', /cannot be read/],
    ['two operators', 'up == == up', /cannot be read/],
  ])('finds %s', (_what, query, fault) => {
    expect(faultsOf(query).join('\n')).toMatch(fault);
  });

  test('takes what is right', () => {
    expect(
      faultsOf('sum by (job) (rate(strata_scorer_records_total{kind="tick"}[1m])) > 0'),
    ).toEqual([]);
    expect(faultsOf('1 - strata:freshness:bad offset 5m')).toEqual([]);
  });
});
