import { readFileSync } from 'node:fs';
import { problemText } from '@strata/yaml-file';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePolicyFile } from './parse-policy-file.ts';

const shopText = readFileSync(new URL('../../../policies/shop.yaml', import.meta.url), 'utf8');
const VALUES = [
  '0',
  '-1',
  '1e400',
  '.nan',
  'null',
  '~',
  '""',
  '[]',
  '{}',
  '[1, 2]',
  '7d',
  '1.0005',
];
const YAML = ['__proto__', 'constructor: {}', '&a [*a]', '*b', '<<: *c', '!!binary eA==', '---'];
const SIGNS = ['\t', '\u0000', '\ud800', '😀', '- ', ': ', '#', '? x', '"', "'", '|', '>', '\n'];

/** A slip anywhere: some text is cut out and something else stands there. */
const slip = fc.record({
  at: fc.nat(shopText.length),
  cut: fc.nat(40),
  piece: fc.oneof(fc.constantFrom(...VALUES, ...YAML, ...SIGNS), fc.string({ maxLength: 6 })),
});

it('answers every slip with a policy or with problems that have a place and a remedy', () => {
  fc.assert(
    fc.property(fc.array(slip, { minLength: 1, maxLength: 3 }), (slips) => {
      let text = shopText;
      for (const { at, cut, piece } of slips) {
        text = text.slice(0, at) + piece + text.slice(at + cut);
      }
      const result = parsePolicyFile(text, { file: 'p.yaml' });
      const problems = result.ok ? result.warnings : result.problems;
      expect(result.ok || problems.length > 0).toBe(true);
      for (const problem of problems) {
        expect(problemText(problem, 'en')).toMatch(/^p\.yaml:[1-9]\d*:[1-9]\d*: .+/s);
        expect(problem.remedy.zh).not.toBe('');
        expect(problemText(problem, 'zh')).not.toContain('undefined');
      }
    }),
    { numRuns: 300 },
  );
});
