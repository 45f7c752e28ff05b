// Operating a server in the browser: keys, usage with cost, sessions, watching one live, links to shared sessions. With a folder as argument it also writes
// screenshots, in light and dark, on desktop and phone: console-admin.mjs [FOLDER [PATTERN]]
import { AxeBuilder } from '@axe-core/playwright';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, openConsole, say, show, waitForAudio, waitForCaption, waitForPhase, waitForState } from './console-page.mjs';
import { check, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';

const [folder, pattern = ''] = process.argv.slice(2);
const secret = 'an-operator-secret-of-the-tests-0123456789';
const looks = folder ? [['desktop', 'light'], ['desktop', 'dark'], ['phone', 'light'], ['phone', 'dark']] : [['desktop', 'light']];
// A check with axe takes seconds: without a folder, only where most is new.
const checked = new Set(['admin', 'watching', 'share', 'admin-history']);
const screens = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const config = {
  Live: {
    Admin: { Secret: secret, AllowWatching: true },
    Prices: { Models: { 'gemini-*': { InputTokens: 0.75, InputAudioTokens: 3, OutputTokens: 4.5, OutputAudioTokens: 12 } } },
  },
};

await run(async () => {
  if (folder) await mkdir(folder, { recursive: true });
  const data = await mkdtemp(join(tmpdir(), 'parley-admin-'));
  const server = await startServer({ config, args: ['--admin-port', '0', '--data', join(data, 'data')] });
  const browser = await openBrowser();
  try {
    for (const [screen, colorScheme] of looks.filter((look) => look.join('-').includes(pattern))) await operate({ browser, server, screen, colorScheme });
    print('operated', 'yes');
  } finally {
    await browser.close();
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
});

async function operate({ browser, server, screen, colorScheme }) {
  const options = { viewport: screens[screen], colorScheme, reducedMotion: 'reduce' };
  const user = await openConsole(browser, server.url, options);
  const operator = await openConsole(browser, server.adminUrl, options);
  const { page } = operator;
  const look = `${screen}-${colorScheme}`;
  const take = async (page, state) => {
    if (folder || checked.has(state)) {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      check(serious.length === 0, `${state}, ${look}:\n${serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`).join('\n')}`);
    }
    for (const size of folder ? [screen] : ['phone', screen]) {
      await page.setViewportSize(screens[size]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(wider <= 0, `${state} is ${wider} pixels wider than the ${size}.`);
    }
    if (folder) await page.screenshot({ path: join(folder, `${state}-${look}.png`) });
  };

  // Admin, with a wrong secret first.
  await show(page, 'Admin');
  await page.getByLabel('Admin secret').fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('The server does not accept this admin secret.').waitFor();
  await page.getByLabel('Admin secret').fill(secret);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByTestId('admin').waitFor();

  // A key: its limits are checked while they are typed, changed later, and it is revoked after a question.
  const name = `Front desk ${look}`;
  await page.getByTestId('create-key').click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Minutes per day').fill('many');
  await page.getByRole('button', { name: 'Create the key' }).click();
  await page.getByText('A whole number above 0, or empty.').waitFor();
  await page.getByLabel('Minutes per day').fill('600');
  await page.getByRole('button', { name: 'Create the key' }).click();
  check((await page.getByTestId('new-key').textContent()).startsWith('parley_'), 'No key was created.');
  await page.getByRole('button', { name: 'Copy the key' }).click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith('parley_'));
  const row = page.getByTestId('key').filter({ hasText: name });
  await row.getByText('600 min per day').waitFor();
  await row.getByRole('button', { name: 'Limits' }).click();
  await take(page, 'admin-keys');
  await page.getByLabel('Sessions at once').fill('3');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await row.getByText('3 sessions at once, 600 min per day').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();

  // A session of the user, under the name of its key, with its usage and cost.
  await say(user.page, 'What is seven times six?');
  await waitForCaption(user.page, 'model', /42|forty-two/);
  const session = page.getByTestId('session');
  await session.getByText('Development key').waitFor();
  await page.getByText('Cost today').waitFor();
  await page.locator('.tile', { hasText: 'Cost today' }).getByText(/^\$0\.\d+$/).waitFor();
  await page.getByTestId('usage').getByRole('cell', { name: 'Development key' }).first().waitFor();
  await take(page, 'admin');
  if (folder) await page.screenshot({ path: join(folder, `admin-whole-${look}.png`), fullPage: true });

  // Watching it: captions, messages and the answer's voice; the user's page notices nothing.
  await session.getByTestId('watch').click();
  await page.getByTestId('dialog').getByText('You see and hear everything that is said').waitFor();
  await take(page, 'admin-watch-question');
  await page.getByTestId('dialog').getByRole('button', { name: 'Watch the session' }).click();
  await page.getByTestId('watch-bar').getByText('Watching Development key').waitFor();
  await waitForState(page, 'watching');
  await say(user.page, 'Tell me a joke.');
  await waitForCaption(user.page, 'model', /\w/);
  await page.waitForFunction(() => window.parley.entries().some(({ dir, message }) => dir === 'in' && message?.realtimeInput?.text === 'Tell me a joke.'));
  await page.waitForFunction(() => window.parley.entries().some(({ mark }) => mark === 'audible'));
  await page.getByText('Tell me a joke.').first().waitFor();
  await take(page, 'watching');
  await show(page, 'Talk');
  await waitForCaption(page, 'model', /\w/);
  await waitForPhase(page, 'watching');
  await take(page, 'watching-talk');
  await show(page, 'Inspect');
  await user.page.getByTestId('hang-up').click();
  await page.getByTestId('watch-bar').getByText('The client left.').waitFor();
  await page.getByTestId('stop-watching').click();
  await show(page, 'Admin');
  await page.getByTestId('audit').locator('summary').click();
  await page.getByRole('cell', { name: /Stopped watching the session/ }).first().waitFor();

  // A link to the session: read-only, for everybody, until its owner or an operator deletes it.
  await show(user.page, 'Inspect');
  await user.page.getByTestId('share').click();
  await user.page.getByTestId('create-link').click();
  const link = await user.page.getByTestId('shared-link').first().locator('code').textContent();
  await take(user.page, 'share');
  const reader = await user.context.newPage();
  await reader.goto(link);
  await reader.getByText('What is seven times six?').first().waitFor();
  await waitForState(reader, 'recording');
  await reader.reload();
  await reader.getByText('What is seven times six?').first().waitFor();
  await page.getByTestId('admin-shares').getByRole('cell', { name: 'Development key' }).first().waitFor();
  await take(page, 'admin-history');
  await user.page.getByTestId('shared-link').first().getByRole('button', { name: 'Delete' }).click();
  await user.page.getByTestId('dialog').getByRole('button', { name: 'Delete it' }).click();
  await user.page.getByTestId('shared-link').waitFor({ state: 'detached' });
  await reader.reload();
  await reader.getByText('This shared session cannot be opened.').waitFor();
  await reader.getByText('it has expired or was deleted').waitFor();
  await take(reader, 'share-gone');
  await reader.close();

  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByTestId('dialog').getByRole('button', { name: 'Revoke the key' }).click();
  await row.waitFor({ state: 'detached' });
  check(user.problems.length + operator.problems.length === 0, `Errors in the pages:\n${[...user.problems, ...operator.problems].join('\n')}`);
  await operator.context.close();
  await user.context.close();
}
