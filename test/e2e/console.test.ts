import { existsSync } from 'node:fs';
import { env, stderr } from 'node:process';
import { askedStack, ConsoleStage } from '@strata/console/builders';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
const isMissing = !existsSync(CHROMIUM);
if (isMissing && !env['CI']) {
  stderr.write('The console is not tried in a browser: there is no /usr/bin/chromium.\n');
}

/** The page asks the services every two seconds. */
const NEXT_LOOK = { timeout: 15_000 };

const HOSTILE = '<img src=x onerror="document.title=\'broken\'">';

// In CI a missing browser is a failure, told by the launch below.
describe.skipIf(isMissing && !env['CI'])('the console in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(() => browser?.close());

  async function open(options: {
    language: 'zh' | 'en';
    width: number;
    trouble?: 'none' | 'redis-is-gone';
    colorScheme?: 'light' | 'dark';
  }) {
    const stage = await ConsoleStage.open();
    stage.asked = askedStack(options.trouble);
    stage.refuses('bad-field', 'bad-field', 'too-old');
    stage.buys('林记茶行', 0, 1, 2, 3, 4, 5);
    stage.buys(HOSTILE, 6);
    const { url } = await stage.start();
    const page = await browser.newPage({
      viewport: { width: options.width, height: 900 },
      colorScheme: options.colorScheme ?? 'light',
    });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    onTestFinished(async () => {
      await page.close();
      await stage.stop();
    });
    await page.goto(`${url}/?lang=${options.language}`);
    await expect.poll(() => page.getAttribute('#connection', 'data-state')).toBe('live');
    return { stage, page, problems };
  }

  const text = (page: Page, selector: string) => page.innerText(selector);
  const count = (page: Page, tier: string) => text(page, `[data-text="shop/${tier}#count"]`);

  test('a customer who stops buying is seen to fall, with no event from anyone', async () => {
    const { stage, page, problems } = await open({ language: 'zh', width: 1280 });
    await expect.poll(() => count(page, 'gold')).toBe('1');
    stage.passTo(105);
    await expect.poll(() => count(page, 'gold')).toBe('0');
    const item = page.locator('#changes > .demoted', { hasText: '林记茶行' });
    await expect.poll(() => item.innerText()).toContain('金牌客户 → 银牌客户');
    expect(await item.innerText()).toContain('因为 44 天没有下单（时间，无事件）');
    await expect.poll(() => text(page, '#announcement')).not.toBe('');
    expect(problems).toEqual([]);
  });

  test('a hostile customer id is text and nothing else', async () => {
    const { stage, page, problems } = await open({ language: 'en', width: 1280 });
    stage.buys(HOSTILE, 10, 11);
    await expect
      .poll(() => page.locator('#changes > .promoted bdi').allInnerTexts())
      .toContain(HOSTILE);
    expect(await page.locator('#changes img').count()).toBe(0);
    expect(await page.title()).toBe('Strata · customer tiers');
    expect(problems).toEqual([]);
  });

  test.each([390, 1280])('nothing is wider than a window of %i', async (width) => {
    const { page } = await open({ language: 'en', width });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('the keyboard reaches everything, and updates can be held', async () => {
    const { stage, page } = await open({ language: 'en', width: 1280 });
    const focused = () => page.evaluate('document.activeElement.textContent');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the latest changes');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Pause updates');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
      'solid',
    );
    await page.keyboard.press('Enter');
    expect(await text(page, '#connection')).toBe('paused');

    stage.buys('c-late', 20);
    await expect.poll(() => page.getAttribute('#pause', 'data-held')).not.toBeNull();
    expect(await page.locator('#changes', { hasText: 'c-late' }).count()).toBe(0);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#changes', { hasText: 'c-late' }).count()).toBe(1);
  });

  test('the other language is one link away', async () => {
    const { page } = await open({ language: 'en', width: 1280 });
    await page.click('nav a');
    await expect.poll(() => text(page, 'h1')).toBe('Strata · 客户等级');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
  });

  test.each<[language: 'zh' | 'en', colorScheme: 'light' | 'dark', width: number]>([
    ['en', 'light', 1280],
    ['zh', 'dark', 390],
  ])('axe finds no fault in %s, %s, %i wide, well or not', async (language, colorScheme, width) => {
    const { stage, page } = await open({ language, colorScheme, width });
    expect(await faults(page)).toEqual([]);
    stage.asked = askedStack('redis-is-gone');
    await expect.poll(() => page.locator('.service.silent').count(), NEXT_LOOK).toBe(1);
    expect(await faults(page)).toEqual([]);
  });

  test('what is not known is told as not known, and a change for the worse is read out', async () => {
    const { stage, page, problems } = await open({ language: 'en', width: 1280 });
    await expect.poll(() => text(page, '#summary')).toContain('All services are ready');
    expect(await text(page, '[data-text="scorer-lag"]')).toBe('up to date');
    expect(await page.getAttribute('#summary', 'aria-live')).toBe('polite');
    stage.asked = askedStack('redis-is-gone');
    await expect
      .poll(() => text(page, '#summary'), NEXT_LOOK)
      .toBe('Scorer: not ready; Notifier: does not answer.');
    expect(await text(page, '[data-text="scorer-lag"]')).toBe('lag not known');
    expect(await text(page, '[data-text="notifier-lag"]')).toBe('lag not known');
    expect(await text(page, '#endpoints')).toContain('Not known');
    expect(await text(page, '#services')).toContain(
      'No call to state-redis was answered for 41 s.',
    );
    const ends = page.locator('#partitions tbody tr').last();
    expect(await ends.innerText()).toMatch(/^11\s+not known\s+not known/);
    expect(await text(page, '#freshness')).toBe('3 of 12 partitions not known');
    expect(problems).toEqual([]);
  });

  test('dead letters are told by reason, and endpoints by what they have not taken', async () => {
    const { page } = await open({ language: 'zh', width: 1280 });
    await expect.poll(() => text(page, '[data-text="letter-bad-field"]')).toBe('2');
    expect(await text(page, '[data-key="letter-too-old"]')).toContain('too-old');
    expect(await text(page, '[data-key="endpoint-warehouse"]')).toContain('已暂停');
    expect(await text(page, '[data-key="endpoint-crm"]')).toContain('12');
  });

  test('a table that is longer than its place is reached and scrolled by the keyboard', async () => {
    const { page } = await open({ language: 'en', width: 390 });
    await page.focus('#partitions');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
      'solid',
    );
    await page.keyboard.press('End');
    const scrolled = (): Promise<unknown> =>
      page.evaluate('document.getElementById("partitions").scrollTop');
    await expect.poll(scrolled).toBeGreaterThan(0);
    // An update moves the figures and leaves the reader where it was.
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('partitions');
  });

  test('who wants no motion gets none', async () => {
    const { page } = await open({ language: 'en', width: 1280 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const motions = await page.evaluate(
      '[...document.querySelectorAll("*")].filter((it) => getComputedStyle(it).animationName !== "none" || !/^0s/.test(getComputedStyle(it).transitionDuration)).length',
    );
    expect(motions).toBe(0);
  });
});

/** By rule, where; contrast, names, order of headings, landmarks, what the keyboard reaches. */
async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document)');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.map(String).join(' ')}`),
  );
}
