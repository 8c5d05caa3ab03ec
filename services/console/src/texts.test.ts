import { expect, test } from 'vitest';
import { TEXTS } from './texts.ts';

test('no Chinese sentence says 降级, which means degraded service to whoever is on call', () => {
  const { zh } = TEXTS;
  const functions = [
    zh.reasons.silence('90'),
    zh.reasons.event('1'),
    zh.reasons.policy(2),
    zh.reasons.override(null),
    zh.reasons.expected('明天', '银牌客户'),
  ];
  expect(JSON.stringify(zh) + functions.join()).not.toContain('降级');
});
