// The phrases that visitors say in their first minute, typed, and those of the page spoken by the page itself: each gets a useful answer.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, openConsole, say, waitForPhase } from './console-page.mjs';
import { check, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';
import { compose } from './wav.mjs';

const typed = {
  'Hello, how are you?': /how are you|hello/i,
  'What can you do?': /I can tell the time/,
  'Tell me a joke': /microphone|silence|packet|zero|web socket/i,
  "What's the weather in Paris?": /cannot know the weather/,
  'What is seven times six?': /That makes 42\./,
  'Roll two dice.': /You rolled a [1-6] and a [1-6], \d+ in total/,
  'Make the page green.': /colour is now green/,
  'Count to twenty.': /1, 2, 3,.* 19, 20/,
  'How much is twelve plus thirty?': /That makes 42\./,
  'What time is it?': /It is \d\d:\d\d/,
  'I had a long day at work and I am a little tired.': /That sounds tiring/,
  'Who wrote the book War and Peace?': /I have no general knowledge/,
};

const spoken = {
  'What is seven times six?': /That makes 42\./,
  'Roll two dice.': /You rolled a/,
  'Make the page green.': /colour is now green/,
  'What time is it?': /It is \d\d:\d\d/,
  'Tell me a long story.': /In a harbour town/,
};

await run(async () => {
  const server = await startServer();
  const folder = await mkdtemp(join(tmpdir(), 'parley-console-'));
  const silence = join(folder, 'silence.wav');
  await compose(silence, 48_000, [1]);
  const browser = await openBrowser(silence);
  try {
    let useful = 0;
    const { page, problems } = await openConsole(browser, server.url);
    for (const [text, pattern] of Object.entries(typed)) {
      // A typed message interrupts the answer before it.
      await say(page, text);
      await answered(page, ++useful, pattern);
    }
    print('typed', useful);
    for (const [text, pattern] of Object.entries(spoken)) {
      await waitForPhase(page, 'listening');
      await page.getByTestId('phrase').filter({ hasText: text }).click();
      await answered(page, ++useful, pattern);
    }
    print('spoken', useful - Object.keys(typed).length);
    check(problems.length === 0, `Errors in the page:\n${problems.join('\n')}`);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

/** Waits for an answer to the turn of this number. */
async function answered(page, turn, pattern) {
  try {
    await page.waitForFunction(
      ([number, source]) => {
        const answers = document.querySelectorAll('[data-testid=model-caption]');
        return answers.length >= number && new RegExp(source, 'i').test(answers[answers.length - 1].textContent);
      },
      [turn, pattern.source],
    );
  } catch {
    const heard = await page.getByTestId('user-caption').last().textContent();
    throw new Error(`"${heard}" got "${await page.getByTestId('model-caption').last().textContent()}", not ${pattern}.`);
  }
}
