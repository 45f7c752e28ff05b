// Checks every view in light and dark, on desktop and phone: no serious accessibility violation, nothing wider than the screen.
// With a folder as argument it also writes screenshots.
import { AxeBuilder } from '@axe-core/playwright';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser, openConsole, say, show, waitForCaption, waitForPhase } from './console-page.mjs';
import { check, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';

const folder = process.argv[2];
const secret = 'an-operator-secret-of-the-tests-0123456789';
const documented = new Set(['welcome', 'talk', 'settings', 'inspect', 'admin']);
const screens = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

await run(async () => {
  const server = await startServer({ config: { Live: { Admin: { Secret: secret } } }, args: ['--admin-port', '0'] });
  const browser = await openBrowser();
  let checked = 0;
  try {
    if (folder) await mkdir(folder, { recursive: true });
    for (const [screen, viewport] of Object.entries(screens)) {
      for (const colorScheme of ['light', 'dark']) {
        const { context, page, problems } = await openConsole(browser, server.url, { viewport, colorScheme, reducedMotion: 'reduce' });
        await checkView(page, screen, colorScheme, 'welcome');
        await say(page, 'Call the function draw_chart with {"title":"Rain this week","labels":["Mo","Tu","We"],"values":[3,8,5]}');
        await waitForCaption(page, 'model', /./);
        await page.getByTestId('chart').waitFor();
        await say(page, 'What is seven times six?');
        await waitForCaption(page, 'model', /forty-two|42/);
        await checkView(page, screen, colorScheme, 'talk');
        await say(page, 'Make the page green');
        await page.waitForFunction(() => document.querySelector('.shell.coloured'));
        await waitForCaption(page, 'model', /colour is now green/);
        await checkView(page, screen, colorScheme, 'coloured');
        await show(page, 'Settings');
        await page.getByRole('button', { name: 'Add a function' }).click();
        await checkView(page, screen, colorScheme, 'settings');
        await show(page, 'Inspect');
        await page.getByTestId('entry').nth(3).click();
        await checkView(page, screen, colorScheme, 'inspect');
        await show(page, 'Talk');
        await page.getByTestId('hang-up').click();
        await waitForPhase(page, 'ended');
        await checkView(page, screen, colorScheme, 'ended');
        await page.goto(`${server.url}/#profile=${Buffer.from('{"name":"Theirs","typed":[{"declaration":"{}","code":"return 1"}]}').toString('base64url')}`);
        await page.getByTestId('dialog').waitFor();
        await checkView(page, screen, colorScheme, 'dialog');
        // The admin port serves the same page with the Admin view.
        await page.goto(server.adminUrl);
        await show(page, 'Admin');
        await page.getByLabel('Admin secret').fill(secret);
        await page.getByRole('button', { name: 'Open' }).click();
        await page.getByTestId('admin').waitFor();
        await page.getByTestId('create-key').click();
        await page.getByLabel('Name', { exact: true }).fill(`Front desk, ${screen}, ${colorScheme}`);
        await page.getByRole('button', { name: 'Create the key' }).click();
        check((await page.getByTestId('new-key').textContent()).startsWith('parley_'), 'No key was created.');
        await page.getByTestId('key').filter({ hasText: `Front desk, ${screen}, ${colorScheme}` }).waitFor();
        await checkView(page, screen, colorScheme, 'admin');
        check(problems.length === 0, `Errors in the page:\n${problems.join('\n')}`);
        await context.close();
      }
    }
    print('views', checked);
  } finally {
    await browser.close();
    await server.stop();
  }

  async function checkView(page, screen, scheme, view) {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const details = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`);
    check(serious.length === 0, `${view}, ${screen}, ${scheme}:\n${details.join('\n')}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(wider <= 0, `${view} is ${wider} pixels wider than the ${screen}.`);
    // Two of the four combinations are enough for the documentation.
    if (folder && documented.has(view) && (screen === 'desk') === (scheme === 'light')) {
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: join(folder, `console-${view}-${screen}-${scheme}.png`) });
    }
    checked++;
  }
});
