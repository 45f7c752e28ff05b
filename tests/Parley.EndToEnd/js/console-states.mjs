// Screenshots of every state of the conversation and of the other views, in light and dark, on desktop and phone: console-states.mjs FOLDER [PATTERN]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, openConsole, say, show, waitForAudio, waitForCaption, waitForPhase, waitForState } from './console-page.mjs';
import { print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';
import { compose } from './wav.mjs';

const [folder, pattern = ''] = process.argv.slice(2);
const adminSecret = 'an-operator-secret-of-the-tests-0123456789';
const screens = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

await run(async () => {
  await mkdir(folder, { recursive: true });
  const server = await startServer({ config: { Live: { Admin: { Secret: adminSecret, AllowWatching: true } } }, args: ['--admin-port', '0'] });
  // A silent microphone: the page asks with its own phrases.
  const media = await mkdtemp(join(tmpdir(), 'parley-console-'));
  const silence = join(media, 'silence.wav');
  await compose(silence, 48_000, [1]);
  const browser = await openBrowser(silence);
  let taken = 0;
  try {
    for (const [screen, viewport] of Object.entries(screens)) {
      for (const colorScheme of ['light', 'dark']) {
        if (!`${screen}-${colorScheme}`.includes(pattern)) continue;
        const { context, page } = await openConsole(browser, server.url, { viewport, colorScheme });
        const take = async (state) => {
          await page.screenshot({ path: join(folder, `${state}-${screen}-${colorScheme}.png`) });
          taken++;
        };
        const ask = (text) => page.getByTestId('phrase').filter({ hasText: text }).click();
        await take('before');

        let release;
        const held = new Promise((resolve) => (release = resolve));
        await page.route('**/console/token', async (route) => {
          await held;
          await route.continue();
        });
        await page.getByTestId('start').click();
        await waitForPhase(page, 'connecting');
        await take('connecting');
        release();
        await waitForState(page, 'connected');
        await waitForPhase(page, 'listening');
        await take('listening');

        await ask('seven times six');
        await waitForPhase(page, 'hearing');
        await waitForCaption(page, 'interim|user', /what/);
        await take('hearing');
        // On a fast machine it is over before it is seen.
        const phase = await Promise.race(['thinking', 'speaking'].map((one) => waitForPhase(page, one).then(() => one)));
        if (phase === 'thinking') await take('thinking');
        await waitForCaption(page, 'model', /42/);
        await waitForPhase(page, 'listening');
        await ask('Roll two dice');
        await page.getByTestId('tool-call').first().waitFor();
        await waitForCaption(page, 'model', /rolled/);
        await waitForPhase(page, 'listening');
        await ask('long story');
        await waitForAudio(page);
        await page.waitForTimeout(2_500);
        await take('speaking');
        await page.getByTestId('interrupt').click();
        await waitForPhase(page, 'interrupted');
        await take('interrupted');
        await page.getByTestId('time-to-answer').nth(1).click();
        await say(page, 'Call the function draw_chart with {"title":"Rain this week","labels":["Mo","Tu","We","Th","Fr"],"values":[3,8,5,1,12]}');
        await page.getByTestId('chart').waitFor();
        await page.getByTestId('camera').click();
        await page.getByTestId('last-frame').waitFor();
        await waitForPhase(page, 'listening');
        await take('details');
        await page.getByTestId('camera').click();
        await ask('page green');
        await page.waitForFunction(() => document.querySelector('.shell.coloured'));
        await waitForPhase(page, 'listening');
        await take('green');
        await page.getByTestId('hang-up').click();
        await waitForPhase(page, 'ended');
        await take('ended');
        await show(page, 'Inspect');
        await page.getByTestId('entry').nth(5).click();
        await take('inspect');
        await takeInspect(page, take, media);
        await show(page, 'Settings');
        await take('settings');
        await takeAdmin({ page, server, take });
        await context.close();
      }
    }
    print('screenshots', taken);
  } finally {
    await browser.close();
    await server.stop();
    await rm(media, { recursive: true, force: true });
  }
});

// The operator's states that need no second page; console-admin.mjs takes the others: watching and sharing.
/** Inspect with a chosen turn, while it plays, beside another session, and the session as code. */
async function takeInspect(page, take, media) {
  const toTop = () => page.locator('main').evaluate((main) => main.scrollTo(0, 0));
  await page.locator('.turns a').filter({ hasText: /dice/i }).click();
  await page.getByTestId('show-turn').click();
  await toTop();
  await take('inspect-turn');
  await page.getByTestId('show-all').click();
  await page.getByTestId('play').click();
  await page.locator('[data-testid=heard] mark').waitFor();
  await page.getByTestId('play').click();
  await toTop();
  await take('inspect-playing');
  await page.getByTestId('filter').fill('toolCall');
  await page.getByTestId('entry').first().click();
  await page.getByTestId('filter').fill('');
  await page.getByTestId('detail').scrollIntoViewIfNeeded();
  await take('inspect-message');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()]);
  const path = join(media, 'session.zip');
  await download.saveAs(path);
  await page.getByTestId('compare-with').setInputFiles(path);
  await page.getByTestId('overlay').waitFor();
  await page.getByTestId('compare').evaluate((panel) => panel.scrollIntoView());
  await take('inspect-compare');
  await page.getByRole('button', { name: 'Close the comparison' }).click();
  await page.getByTestId('as-code').click();
  await page.getByTestId('code').waitFor();
  await take('inspect-code');
  await page.keyboard.press('Escape');
}

async function takeAdmin({ page, server, take }) {
  await page.goto(`${server.adminUrl}#/admin`);
  await page.getByLabel('Admin secret').waitFor();
  await take('admin-secret');
  await page.getByLabel('Admin secret').fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('The server does not accept this admin secret.').waitFor();
  await take('admin-refused');
  await page.getByLabel('Admin secret').fill(adminSecret);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByTestId('admin').waitFor();
  await page.getByTestId('create-key').click();
  await take('admin-new-key');
}
