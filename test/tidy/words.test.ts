import { describe, expect, test } from 'vitest';
import { filesThat, type Line, linesOf, readText } from './repository.ts';

/** This file names what it forbids. */
const SELF = 'test/tidy/words.test.ts';
const CODE = filesThat(/\.(ts|mjs|lua|sh|py)$/).filter((path) => path !== SELF);
const TEXT = filesThat(
  /(\.(ts|mjs|lua|sh|py|md|json|yaml|yml|xml|properties|avsc|css|svg|html)|Dockerfile|\/run|strata)$/,
).filter((path) => path !== SELF);

/** Hosts that the project may name: its own examples, standards, and those that readers know. */
const HOSTS = [
  /^(127\.0\.0\.1|localhost|\[::1\])$/,
  /^([\w-]+\.)*example(\.(org|com|net))?$/,
  // Names of Compose services.
  /^(broker|kafka|registry|redis|health|console|scorer|ingestor|notifier|prometheus)$/,
  /^(www\.w3\.org|maven\.apache\.org|www\.standardwebhooks\.com)$/,
  /^(github\.com|no-color\.org|keepachangelog\.com|archive\.ics\.uci\.edu|www\.brucehardie\.com)$/,
];

describe('words', () => {
  test('no path of a machine', () => {
    const path = /(^|[\s'"`(=:])\/(work|farm|Users|tmp\/[a-z])/;
    expect(places(TEXT, ({ text }) => path.test(text))).toEqual([]);
  });

  test('no address but those that readers may know', () => {
    const strange = TEXT.filter((path) => !path.endsWith('pnpm-lock.yaml')).flatMap((path) =>
      linesOf(path).flatMap(({ text, place }) =>
        [...text.matchAll(/https?:\/\/(?:[\w:]*@)?([\w.[\]:-]*[\w\]])/g)]
          .map(([, host = '']) => host.replace(/:\d+$/, '').toLowerCase())
          // One letter is an example in a test; none is a pattern.
          .filter((host) => host.length > 1 && !HOSTS.some((known) => known.test(host)))
          .map((host) => `${place} ${host}`),
      ),
    );
    expect(strange).toEqual([]);
  });

  test('the lock file leaves the address of a registry to npm', () => {
    expect(readText('pnpm-lock.yaml')).not.toMatch(/https?:\/\//);
  });

  test('nothing is put off', () => {
    const putOff = /\b(TODO|FIXME|HACK)\b|\/\/.*\bXXX\b/;
    expect(places(CODE, ({ text }) => putOff.test(text))).toEqual([]);
  });

  test('no test runs alone or is left out', () => {
    const tests = CODE.filter((path) => /\.(test|contract)\.ts$/.test(path));
    const alone = /\b(it|test|describe)(\.\w+)*\.(only|skip|todo|fails)\b/;
    expect(places(tests, ({ text }) => alone.test(text))).toEqual([]);
  });

  test('code uses the words of the glossary', () => {
    const forbidden = forbiddenWords();
    expect(forbidden.length).toBeGreaterThan(5);
    const declared = /\b(?:const|let|function|class|interface|type|readonly)\s+([A-Za-z_$][\w$]*)/g;
    const wrong = CODE.filter((path) => /^(packages|services)\//.test(path)).flatMap((path) =>
      linesOf(path).flatMap(({ text, place }) =>
        [...text.matchAll(declared)]
          .map(([, name = '']) => name)
          .filter((name) => forbidden.some((word) => wordsOf(name).includes(word)))
          .map((name) => `${place} ${name}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

function places(files: readonly string[], isWrong: (line: Line) => boolean): readonly string[] {
  return files.flatMap((path) =>
    linesOf(path)
      .filter(isWrong)
      .map(({ place }) => place),
  );
}

/** The last column of the glossary: words in backticks that code has another one for. */
function forbiddenWords(): readonly string[] {
  const rows = readText('docs/glossary.md').match(/^\|.*\|$/gm) ?? [];
  return rows.flatMap((row) => {
    const last = row.split('|').at(-2) ?? '';
    return [...last.matchAll(/`([a-z]+)`/g)].map(([, word = '']) => word);
  });
}

/** `lagMsMax` is lag, ms, max. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[ _$]+/)
    .map((word) => word.toLowerCase());
}
