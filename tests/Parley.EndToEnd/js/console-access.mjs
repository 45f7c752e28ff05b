// What axe does not look at: forced colours, 400 % zoom, reduced motion, the keyboard in menus. With a folder as argument it also writes screenshots.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser, openConsole, say, show, waitForCaption, waitForPhase } from './console-page.mjs';
import { check, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';

const folder = process.argv[2];

const scenarios = {
  async 'states and bars show in forced colours'(page, take) {
    await page.emulateMedia({ forcedColors: 'active' });
    await start(page);
    await say(page, 'What is seven times six?');
    await waitForCaption(page, 'model', /42/);
    await waitForPhase(page, 'listening');
    const on = await painted(page.locator('.control.on .icon').first());
    const off = await painted(page.locator('.control:not(.on):not(.end) .icon').first());
    check(on.background !== off.background, `The microphone that is on looks like a control that is off: ${on.background}.`);
    check((await painted(page.locator('.lamp').first())).background !== (await painted(page.locator('body'))).background, 'The lamp has no colour.');
    await take('talk');
    await show(page, 'Inspect');
    const current = await painted(page.locator('nav a[aria-current]'));
    const other = await painted(page.locator('nav a:not([aria-current])').first());
    check(current.border !== other.border, 'The current view is not marked.');
    await page.locator('.turns a').first().click();
    const bar = await painted(page.locator('.waterfall .bar').first());
    check(bar.background !== (await painted(page.locator('body'))).background, 'The bars of the waterfall have no colour.');
    await take('inspect');
  },

  // 1280 pixels at 400 % are 320 (WCAG 2.2, 1.4.10).
  async 'everything can be reached at 400 percent'(page, take) {
    await page.setViewportSize({ width: 320, height: 256 });
    await reachable(page, page.getByTestId('start'));
    await take('welcome');
    await start(page);
    await say(page, 'What is seven times six?');
    await waitForCaption(page, 'model', /42/);
    for (const id of ['camera', 'interrupt', 'hang-up']) await reachable(page, page.getByTestId(id));
    await reachable(page, page.locator('#message'));
    await reachable(page, page.getByTestId('model-caption').last());
    await take('talk');
    for (const view of ['Settings', 'Inspect', 'Talk']) {
      await show(page, view);
      await narrow(page, view);
      await take(view.toLowerCase());
    }
    await page.getByTestId('hang-up').click();
    await waitForPhase(page, 'ended');
    await reachable(page, page.getByTestId('start'));
  },

  async 'reduced motion stops the animations'(page) {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await start(page);
    await say(page, 'Tell me a long story.');
    await waitForPhase(page, 'speaking');
    const running = await page.evaluate(() => document.getAnimations().filter((animation) => animation.effect.getComputedTiming().duration > 10).length);
    check(running === 0, `${running} animations run.`);
  },
};

await run(async () => {
  const server = await startServer();
  const browser = await openBrowser();
  let passed = 0;
  try {
    if (folder) await mkdir(folder, { recursive: true });
    for (const [name, scenario] of Object.entries(scenarios)) {
      const { context, page, problems } = await openConsole(browser, server.url);
      const take = async (view) => folder && (await page.screenshot({ path: join(folder, `${passed}-${view}.png`) }));
      try {
        await scenario(page, take);
        check(problems.length === 0, `Errors in the page:\n${problems.join('\n')}`);
      } catch (error) {
        throw new Error(`${name}: ${error.stack}`);
      }
      await context.close();
      passed++;
    }
    print('scenarios', passed);
  } finally {
    await browser.close();
    await server.stop();
  }
});

async function start(page) {
  await page.getByTestId('start').click();
  await waitForPhase(page, 'listening');
}

function painted(locator) {
  return locator.evaluate((element) => {
    const style = getComputedStyle(element);
    return { background: style.backgroundColor, border: `${style.borderTopWidth} ${style.borderTopColor}` };
  });
}

/** Scrolls to an element, and checks that a person can see it and a pointer can hit it. */
async function reachable(page, locator) {
  await locator.scrollIntoViewIfNeeded();
  const hidden = await locator.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) return `reaches from ${left} to ${right} of ${innerWidth} pixels`;
    const hit = document.elementFromPoint((left + right) / 2, Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1));
    return hit && (element.contains(hit) || hit.contains(element)) ? '' : `is covered by ${hit?.outerHTML.slice(0, 80)}`;
  });
  check(!hidden, `${await locator.evaluate((element) => element.outerHTML.slice(0, 80))} ${hidden}.`);
  await narrow(page, 'the view');
}

async function narrow(page, view) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wider <= 0, `${view} is ${wider} pixels wider than the screen.`);
}
