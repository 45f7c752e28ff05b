// What once went wrong in the console, in a real browser. Each scenario has its own page.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entries, openBrowser, openConsole, say, show, waitForAudio, waitForCaption, waitForPhase, waitForState } from './console-page.mjs';
import { check, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';
import { compose } from './wav.mjs';

const only = process.argv[2];
const secret = 'an-operator-secret-of-the-tests-0123456789';

/** Waits until the page has drawn what has changed, and what that changes: two frames. */
const untilFrame = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

const scenarios = {
  async 'first click before the server has answered'(page) {
    await page.route('**/console/about', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await route.continue();
    });
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.getByTestId('start').click();
    await waitForState(page, 'connected');
    check((await page.getByTestId('notice').count()) === 0, 'A notice was shown.');
  },

  async 'phrase without a microphone'(page) {
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await page.getByTestId('phrase').first().click();
    await waitForCaption(page, 'user', /seven times six/);
    await waitForCaption(page, 'model', /42|forty.two/);
    await waitForAudio(page);
    check(/^\d\.\d\d s/.test(await page.getByTestId('time-to-answer').last().textContent()), 'The answer has no time.');
  },

  async 'page colour fills the page'(page) {
    await say(page, 'Make the page green');
    await page.waitForFunction(() => getComputedStyle(document.querySelector('.shell')).backgroundColor === 'rgb(0, 128, 0)');
  },

  async 'conversation keeps its place'(page) {
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
      await say(page, `What is ${number} plus 90?`);
      await waitForCaption(page, 'model', new RegExp(`makes ${number + 90}`));
    }
    const fromEnd = () => page.getByTestId('captions').evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
    check((await fromEnd()) < 8, 'The newest words are not in view.');
    await show(page, 'Inspect');
    await show(page, 'Talk');
    check((await fromEnd()) < 8, `After a visit to Inspect the end is ${await fromEnd()} pixels away.`);
    await page.getByTestId('time-to-answer').last().click();
    await page.getByTestId('waterfall').waitFor();
    await untilFrame(page);
    check((await fromEnd()) < 8, 'Opened details push the end out of view.');
    await page.getByTestId('captions').evaluate((box) => box.scrollTo(0, 20));
    await untilFrame(page);
    await say(page, 'What is 9 plus 90?');
    await waitForCaption(page, 'model', /makes 99/);
    check((await page.getByTestId('captions').evaluate((box) => box.scrollTop)) === 20, 'The list moved while the user was reading.');
    await page.goBack();
    await page.getByTestId('export').waitFor();
  },

  async 'stopped answer stays silent'(page) {
    await say(page, 'Tell me a long story');
    await waitForAudio(page);
    // Acknowledgements arrive late: a slow network.
    await page.evaluate(() => window.parleyDelay?.(400));
    const before = (await entries(page)).length;
    await page.getByTestId('interrupt').click();
    // The rest of the answer, which was under way, has arrived by then.
    await page.waitForFunction((first) => {
      const later = window.parley.entries().slice(first);
      return later.some(({ mark }) => mark === 'silent') && later.some(({ message }) => message?.serverContent?.turnComplete);
    }, before);
    const marks = (await entries(page)).slice(before).flatMap(({ mark }) => mark ?? []);
    const silent = marks.indexOf('silent');
    check(silent >= 0 && !marks.slice(silent).includes('audible'), `After the click: ${marks.join(', ')}`);
  },

  async 'shared link asks first'(page, server) {
    const link = (profile) => `${server.url}/#profile=${Buffer.from(JSON.stringify(profile)).toString('base64url')}`;
    const current = () => page.evaluate(() => JSON.parse(localStorage.getItem('parley.profiles')).current);
    const before = await current();
    const shared = { name: 'Theirs', instruction: 'Be rude.', typed: [{ declaration: '{"name":"evil"}', code: 'return 1' }] };
    await page.goto(link(shared));
    await page.getByTestId('dialog').getByText('Be rude.').waitFor();
    check((await current()).instruction === before.instruction, 'The link replaced the settings before the answer.');
    await page.getByTestId('dialog').getByRole('button', { name: 'Keep mine' }).click();
    check((await current()).instruction === before.instruction, 'The link replaced the settings against the answer.');
    await page.goto(link(shared));
    await page.getByTestId('dialog').getByRole('button', { name: 'Use these settings' }).click();
    const used = await current();
    check(used.instruction === 'Be rude.' && used.typed.length === 0, 'Code came with the link.');
    await page.getByTestId('notice').getByRole('button', { name: 'Undo' }).click();
    check((await current()).instruction === before.instruction, 'Undo did not restore the settings.');
    await page.goto(`${server.url}/#profile=broken`);
    await page.getByText('cannot be read').waitFor();
    check(!page.url().includes('profile'), 'The broken link stays in the address.');
  },

  async 'lost microphone can be turned on again'(page) {
    await page.evaluate(() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (constraints) => (window.parleyStream = await open(constraints));
    });
    await page.getByTestId('start').click();
    await page.getByRole('button', { name: 'Mute' }).waitFor();
    await page.evaluate(() => window.parleyStream.getAudioTracks()[0].dispatchEvent(new Event('ended')));
    await page.getByText('The microphone was disconnected.').waitFor();
    await page.getByRole('button', { name: 'Microphone' }).click();
    await page.getByRole('button', { name: 'Mute' }).waitFor();
    check((await page.getByTestId('notice').count()) === 0, 'The notice stays after the recovery.');
  },

  async 'start without the server explains itself'(page) {
    await page.evaluate(() => {
      AudioWorklet.prototype.addModule = () => Promise.reject(new DOMException('Failed to load worklet module script: x.worklet.js (Network error)', 'AbortError'));
    });
    await page.getByTestId('start').click();
    const text = await page.getByTestId('notice').textContent();
    check(/could not be loaded from the server/.test(text) && !/worklet/i.test(text), text);
  },

  async 'revoked key leads to a field for another one'(page) {
    await page.route('**/console/token', (route) => route.fulfill({ status: 401, json: { error: { message: 'Log in with a key of this server first.' } } }));
    await page.getByTestId('start').click();
    await page.getByLabel('API key').waitFor({ timeout: 2_000 });
  },

  async 'number that is none is named'(page) {
    await show(page, 'Settings');
    await page.getByLabel('Silence that ends a turn, in ms').fill('abc');
    await page.getByText('“abc” is not a whole number').waitFor();
    check((await page.getByLabel('Silence that ends a turn, in ms').getAttribute('aria-invalid')) === 'true', 'The field is not marked.');
  },

  async 'profiles of two tabs are both kept'(page, server, context) {
    const other = await context.newPage();
    await other.goto(`${server.url}/#/settings`);
    for (const [tab, name] of [[page, 'One'], [other, 'Two']]) {
      if (tab === page) await show(page, 'Settings');
      await tab.getByLabel('Name', { exact: true }).fill(name);
      await tab.getByRole('button', { name: 'Save', exact: true }).click();
    }
    const names = await page.evaluate(() => JSON.parse(localStorage.getItem('parley.profiles')).saved.map(({ name }) => name));
    check(names.includes('One') && names.includes('Two'), `Saved: ${names.join(', ')}`);
  },

  async 'admin view only where there is one'(page) {
    await page.keyboard.press('4');
    check((await page.getByLabel('Admin secret').count()) === 0, 'Key 4 opens the Admin form.');
  },

  async 'wrong admin secret is explained'(page, server) {
    let refused = 0;
    page.on('response', (response) => (refused += response.status() === 401 ? 1 : 0));
    await page.goto(`${server.adminUrl}#/admin`);
    await page.getByLabel('Admin secret').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('The server does not accept this admin secret.').waitFor();
    check(refused === 1, `${refused} requests were refused.`);
  },

  async 'one announcement for an answer'(page) {
    await page.evaluate(() => (window.parleyAnnounced = 0));
    await say(page, 'What can you do?');
    await page.getByTestId('announcer').waitFor({ state: 'attached' });
    await page.getByTestId('announcer').evaluate((region) => new MutationObserver(() => window.parleyAnnounced++).observe(region, { childList: true, subtree: true, characterData: true }));
    await page.waitForFunction(() => window.parley.entries().some(({ message }) => message?.serverContent?.turnComplete));
    await waitForPhase(page, 'listening');
    await page.waitForFunction(() => window.parleyAnnounced > 0);
    await untilFrame(page);
    const count = await page.evaluate(() => window.parleyAnnounced);
    check(count === 1, `${count} announcements.`);
  },

  async 'sent message can be edited and sent again'(page) {
    await say(page, 'What is one plus one?');
    await waitForCaption(page, 'model', /makes (two|2)\b/);
    await show(page, 'Inspect');
    await page.getByTestId('filter').fill('one plus one');
    await page.locator('[data-testid=entry].in').first().click();
    await page.getByRole('button', { name: 'Edit and send again' }).click();
    const field = page.getByLabel('Message as JSON');
    await field.fill((await field.inputValue()).replace('one plus one', 'four plus four'));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await show(page, 'Talk');
    await waitForCaption(page, 'model', /makes (eight|8)\b/);
  },

  async 'keyboard alone starts and ends a session'(page) {
    await page.getByTestId('start').focus();
    await page.keyboard.press('Enter');
    await waitForState(page, 'connected');
    const focused = () => page.evaluate(() => document.activeElement.closest('[data-testid], button')?.textContent);
    check(/Mute|Microphone/.test(await focused()), `The focus is on ${await focused()}.`);
    await page.getByTestId('hang-up').focus();
    await page.keyboard.press('Enter');
    await waitForState(page, 'ended');
    await page.getByTestId('start').focus();
  },

  async 'single-letter shortcuts can be switched off'(page) {
    await page.keyboard.press('2');
    await page.getByLabel('Keyboard shortcuts').uncheck();
    await page.locator('main').focus();
    await page.keyboard.press('1');
    check(page.url().endsWith('#/settings'), 'The shortcut still works.');
  },
};

await run(async () => {
  const server = await startServer({ config: { Live: { Admin: { Secret: secret } } }, args: ['--admin-port', '0'] });
  const folder = await mkdtemp(join(tmpdir(), 'parley-console-'));
  const silence = join(folder, 'silence.wav');
  await compose(silence, 48_000, [1]);
  const browser = await openBrowser(silence);
  let passed = 0;
  try {
    for (const [name, scenario] of Object.entries(scenarios)) {
      if (only && only !== 'all' && !name.includes(only)) continue;
      const { context, page, problems } = await openConsole(browser, server.url);
      try {
        await scenario(page, server, context);
        check(problems.length === 0, `Errors in the page:\n${problems.join('\n')}`);
      } catch (error) {
        if (only === 'all') console.log(name, error.message);
        else throw new Error(`${name}: ${error.stack}`);
      }
      await context.close();
      passed++;
    }
    print('faults', passed);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
