// A conversation in the console: speech, answer, interruption, camera and function calls.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { entries, lastCaption, openBrowser, openConsole, say, show, waitForCaption, waitForSilence, waitForAudio, waitForState } from './console-page.mjs';
import { check, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';
import { compose } from './wav.mjs';

const throughRelay = process.argv.includes('--relay');
const tool = process.env.PARLEY_TOOL;

await run(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-console-'));
  const upstream = throughRelay ? await startServer() : undefined;
  const server = throughRelay
    ? await startServer({ args: ['--upstream', upstream.url, '--upstream-key', 'parley-dev'] })
    : await startServer();
  const speaker = upstream ?? server;

  // The user's speech, synthesized with the voice that the recognizer transcribes best.
  const spoken = async (name, text) => {
    const path = join(folder, `${name}.wav`);
    await promisify(execFile)('dotnet', [tool, 'ask', '--url', speaker.url, '--voice', 'Algieba', '--audio', path, `Repeat after me: ${text}`]);
    return path;
  };
  const question = await spoken('question', 'what is seven times six');
  const long = await spoken('long', 'tell me a long story');
  const stop = await spoken('stop', 'what is two plus two');
  const microphone = join(folder, 'microphone.wav');
  await compose(microphone, 48_000, [1, question, 9, long, 6, stop, 12]);

  const browser = await openBrowser(microphone);
  try {
    const { page, problems } = await openConsole(browser, server.url);
    await page.getByTestId('start').click();
    await waitForState(page, 'connected');

    await waitForCaption(page, 'user', /seven times six/);
    print('heard', await lastCaption(page, 'user'));
    await waitForAudio(page);
    print('audio', 'present in the audio graph');
    await waitForCaption(page, 'model', /forty.?two|42/);
    print('answer', await lastCaption(page, 'model'));

    // The story, and the question that interrupts it.
    await waitForCaption(page, 'user', /story/);
    await waitForAudio(page);
    await page.getByTestId('cut').first().waitFor();
    await waitForCaption(page, 'user', /two plus two/);
    await waitForCaption(page, 'model', /makes (four|4)\b/);
    const lines = await entries(page);
    const interruption = lines.find(({ message }) => message?.serverContent?.interrupted);
    const silent = lines.find(({ mark, t }) => mark === 'silent' && t >= interruption.t);
    print('interrupted to silence', Math.round(silent.t - interruption.t));

    await page.getByTestId('camera').click();
    await page.getByTestId('last-frame').waitFor();
    await waitForSilence(page);
    await say(page, 'What do you see?');
    await waitForCaption(page, 'model', /picture|see/);
    print('seen', await lastCaption(page, 'model'));
    await page.getByTestId('camera').click();

    await waitForSilence(page);
    await say(page, 'Call the function set_page_colour with {"colour":"green"}');
    await page.getByTestId('tool-call').first().waitFor();
    await page.waitForFunction(() => document.querySelector('.shell').style.getPropertyValue('--page') === 'green');
    await waitForCaption(page, 'model', /colour is now green/);
    await waitForAudio(page);
    print('function', await lastCaption(page, 'model'));

    await show(page, 'Inspect');
    await page.getByTestId('filter').fill('turnComplete');
    await page.getByTestId('entry').first().click();
    check((await page.getByTestId('detail').textContent()).includes('turnComplete'), 'The inspector does not show the message.');
    const download = page.waitForEvent('download');
    await page.getByTestId('export').click();
    const exported = join(folder, 'session.zip');
    await (await download).saveAs(exported);
    print('exported bytes', (await readFile(exported)).length);
    await page.getByTestId('open-export').setInputFiles(exported);
    await page.getByTestId('dialog').getByRole('button', { name: 'End the session and open' }).click();
    await waitForState(page, 'recording');
    check(!/0:00$/.test(await page.getByTestId('position').textContent()), 'The opened recording has no duration.');
    await show(page, 'Talk');
    await waitForCaption(page, 'user', /seven times six/);
    print('reopened', 'yes');

    check(problems.length === 0, `Errors in the page:\n${problems.join('\n')}`);
  } finally {
    await browser.close();
    await server.stop();
    await upstream?.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
