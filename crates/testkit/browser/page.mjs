// What a story gets. `const page = await open('phone', 'dark')` is a Playwright page in a context of its own, with
//   page.faults          errors of the console, uncaught exceptions, requests that failed or answered 5xx (or 4xx for
//                        anything but the page itself); run.mjs fails a story that leaves any, so read and empty the
//                        array where they are meant: page.faults.length = 0
//   await axe(page)      throws on any violation of WCAG 2.0 to 2.2 A and AA, or of best practice
//   await fits(page)     throws if anything is wider than the screen at 320, 390 or 1280 px
//   await picture(page, path)
import axeCore from 'axe-core';
import { chromium } from 'playwright-core';

export const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];
const sizes = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export class Browser {
  static async launch() {
    const browser = new Browser();
    browser.pages = [];
    browser.chromium = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
    return browser;
  }

  // size: 'phone' or 'desktop'; scheme: 'light' or 'dark'; options: of Playwright's newContext, and `cookies`.
  async open(size = 'phone', scheme = 'light', { cookies = [], ...options } = {}) {
    if (!sizes[size]) throw new Error(`no such size: ${size}`);
    const context = await this.chromium.newContext({
      ...sizes[size], colorScheme: scheme, locale: 'en-GB', timezoneId: 'Europe/London', ...options,
    });
    if (cookies.length) await context.addCookies(cookies);
    const page = await context.newPage();
    page.faults = [];
    page.on('console', (message) => message.type() === 'error' && page.faults.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => page.faults.push(`exception: ${error.message}`));
    page.on('requestfailed', (request) => {
      // A page that is left takes its open requests with it.
      const why = request.failure()?.errorText ?? '';
      if (why !== 'net::ERR_ABORTED') page.faults.push(`request: ${request.url()} ${why}`);
    });
    page.on('response', (response) => {
      const own = response.request().isNavigationRequest();
      if (response.status() >= (own ? 500 : 400)) page.faults.push(`response: ${response.url()} ${response.status()}`);
    });
    page.setDefaultTimeout(10_000);
    this.pages.push(page);
    return page;
  }

  assertQuiet() {
    const faults = this.pages.flatMap((page) => page.faults);
    if (faults.length) throw new Error(`the page had faults:\n  ${faults.join('\n  ')}`);
  }

  async close() {
    await this.chromium.close();
  }
}

// What axe finds wrong, one line a place; by these rules alone, or by all that we hold ourselves to.
export async function violations(page, only) {
  const wanted = only ? { type: 'rule', values: only } : { type: 'tag', values: rules };
  // Into the page by the debugger, as our pages load no script of others.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeCore.source);
  const found = await page.evaluate(async (runOnly) => {
    const result = await window.axe.run(document, { runOnly, resultTypes: ['violations'] });
    return result.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => ({ html })) }));
  }, wanted);
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `axe ${id}: ${help}: ${html.replace(/\s+/g, ' ').slice(0, 160)}`));
}

export async function axe(page) {
  const found = await violations(page);
  if (found.length) throw new Error(`${page.url()}\n  ${found.join('\n  ')}`);
}

// What sticks out sideways, one line a width. The viewport is put back.
export async function overflows(page, widths = [320, 390, 1280]) {
  const before = page.viewportSize();
  const found = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: before.height });
    const wide = await page.evaluate((limit) => {
      if (document.documentElement.scrollWidth <= limit) return null;
      const out = [...document.body.querySelectorAll('*')].find((element) => element.getBoundingClientRect().right > limit + 0.5);
      return `${document.documentElement.scrollWidth} px: ${out?.outerHTML.slice(0, 120) ?? 'the page'}`;
    }, width);
    if (wide) found.push(`wider than ${width} px, ${wide}`);
  }
  await page.setViewportSize(before);
  return found;
}

export async function fits(page) {
  const found = await overflows(page);
  if (found.length) throw new Error(`${page.url()}\n  ${found.join('\n  ')}`);
}

export async function picture(page, path) {
  await page.screenshot({ path, fullPage: true });
}
