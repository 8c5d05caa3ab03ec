import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Series } from './exported-series.ts';

export interface QueryCheck {
  /** What is wrong with it, in sentences; none where all is well. */
  readonly faults: readonly string[];
  /** Labels that its result can have. */
  readonly labels: ReadonlySet<string>;
}

/**
 * Reads an expression of PromQL by Prometheus' own grammar, and holds every name, every label and every job that it asks
 * for against what is exported. A label that an aggregation has dropped is not there any more.
 */
export function checkQuery(query: string, exported: ReadonlyMap<string, Series>): QueryCheck {
  const tree = parser.parse(query);
  const faults: string[] = [];
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) faults.push(`cannot be read at ${from}: ${query}`);
    },
  });
  const reader = new QueryReader(query, exported);
  const labels = reader.labelsOf(tree.topNode);
  return { faults: [...faults, ...reader.faults], labels };
}

type Labels = ReadonlySet<string>;
const NONE: Labels = new Set();

class QueryReader {
  readonly faults: string[] = [];
  readonly #query: string;
  readonly #exported: ReadonlyMap<string, Series>;

  constructor(query: string, exported: ReadonlyMap<string, Series>) {
    this.#query = query;
    this.#exported = exported;
  }

  labelsOf(node: SyntaxNode): Labels {
    switch (node.name) {
      case 'VectorSelector':
        return this.#selected(node);
      case 'AggregateExpr':
        return this.#aggregated(node);
      case 'BinaryExpr':
        return this.#combined(node);
      case 'FunctionCall':
        return this.#called(node);
      default:
        return union(childrenOf(node).map((child) => this.labelsOf(child)));
    }
  }

  #selected(node: SyntaxNode): Labels {
    const identifier = node.getChild('Identifier');
    const name = identifier === null ? '' : this.#text(identifier);
    const series = this.#exported.get(name);
    if (series === undefined) {
      this.faults.push(`no service exports ${name || this.#text(node)}`);
      return NONE;
    }
    for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ??
      []) {
      const label = this.#text(matcher.firstChild ?? matcher);
      if (!series.labels.includes(label)) this.faults.push(`${name} has no label ${label}`);
      if (label === 'job') this.#checkJob(name, series, matcher);
    }
    return new Set(series.labels);
  }

  /** A job that does not export it selects nothing, for ever. */
  #checkJob(name: string, { jobs }: Series, matcher: SyntaxNode): void {
    const value = this.#text(matcher.lastChild ?? matcher).slice(1, -1);
    const operator = this.#text(matcher.getChild('MatchOp') ?? matcher);
    if (jobs === null || operator.startsWith('!')) return;
    const asked = operator === '=~' ? value.split('|') : [value];
    for (const job of asked) {
      if (!jobs.includes(job)) this.faults.push(`${job} does not export ${name}`);
    }
  }

  #aggregated(node: SyntaxNode): Labels {
    const body = node.getChild('FunctionCallBody');
    const inner = body === null ? NONE : this.labelsOf(body);
    const modifier = node.getChild('AggregateModifier');
    if (modifier === null) return NONE;
    const named = this.#names(modifier.getChild('GroupingLabels'));
    this.#require(named, inner, 'is grouped by');
    if (modifier.getChild('By') !== null) return named;
    return inner.difference(named);
  }

  #combined(node: SyntaxNode): Labels {
    const [first, last] = [node.firstChild, node.lastChild];
    const left = first === null ? NONE : this.labelsOf(first);
    const right = last === null ? NONE : this.labelsOf(last);
    const modifier = node.getChild('MatchingModifierClause');
    const groupings = modifier?.getChildren('GroupingLabels') ?? [];
    if (modifier?.getChild('On')) {
      const on = this.#names(groupings[0] ?? null);
      this.#require(on, left, 'is matched on');
      this.#require(on, right, 'is matched on');
    }
    if (node.getChild('Or') !== null) return left.union(right);
    // A number on the left leaves the labels of the other side.
    return left.size === 0 && node.getChild('Unless') === null ? right : left;
  }

  #called(node: SyntaxNode): Labels {
    const labels = union(childrenOf(node).map((child) => this.labelsOf(child)));
    if (node.getChild('FunctionIdentifier')?.getChild('HistogramQuantile')) {
      if (!labels.has('le')) this.faults.push(`a quantile without le: ${this.#text(node)}`);
      return labels.difference(new Set(['le']));
    }
    return labels;
  }

  #names(node: SyntaxNode | null): Labels {
    return new Set(node?.getChildren('LabelName').map((label) => this.#text(label)));
  }

  #require(wanted: Labels, there: Labels, how: string): void {
    for (const label of wanted.difference(there)) {
      this.faults.push(`${how} ${label}, which is not there: ${this.#query}`);
    }
  }

  #text({ from, to }: SyntaxNode): string {
    return this.#query.slice(from, to);
  }
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function union(all: readonly Labels[]): Labels {
  return new Set(all.flatMap((labels) => [...labels]));
}
