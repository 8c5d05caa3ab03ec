import { expect, test } from 'vitest';
import { displayWidth } from '../table-text.ts';
import { wrapText } from './wrap-text.ts';

test('breaks at spaces', () => {
  expect(wrapText('one two three four', 9)).toEqual(['one two', 'three', 'four']);
});

test('breaks between Chinese characters, which take two columns, and keeps marks behind them', () => {
  expect(wrapText('记录没有客户编号；请填写 customerId。', 16)).toEqual([
    '记录没有客户编',
    '号；请填写',
    'customerId。',
  ]);
});

test('leaves no line wider than asked for, unless a word is', () => {
  const text = '内容不是一个 JSON 对象；请按约定的格式发送，每条记录一个对象。';
  for (const line of wrapText(text, 20)) expect(displayWidth(line)).toBeLessThanOrEqual(20);
  expect(wrapText('strata.intake.events.v1', 5)).toEqual(['strata.intake.events.v1']);
});

test('has nothing to say of nothing', () => {
  expect(wrapText('', 20)).toEqual([]);
});
