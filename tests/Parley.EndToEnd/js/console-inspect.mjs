// Inspect: one clock for voices, words and messages, live and for opened files; filters, links, addresses, comparison.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, openConsole, say, show, waitForAudio, waitForCaption, waitForPhase, waitForState } from './console-page.mjs';
import { check, file, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';
import { compose } from './wav.mjs';

const cassette = fileURLToPath(file('tests/Parley.Testing.Tests/Cassettes/Corpus/go-away-and-resume.cassette'));

const view = (page) => page.getByTestId('timeline').evaluate(({ dataset }) => ({ from: Number(dataset.from), to: Number(dataset.to) }));
const span = async (page) => (({ from, to }) => to - from)(await view(page));
const spoken = (page) => page.getByTestId('timeline').getAttribute('aria-valuetext');
const waitForSpan = (page, holds) =>
  page.waitForFunction((source) => {
    const { from, to } = document.querySelector('[data-testid=timeline]').dataset;
    return new Function('span', `return ${source}`)(to - from);
  }, holds);
/** Whether a canvas shows more than a few colours of pixels: not an empty one. */
const isDrawn = (page, selector) =>
  page.waitForFunction((css) => {
    const canvas = document.querySelector(css);
    if (!canvas?.width) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 5;
  }, selector);
const turnLink = (page, text) => page.locator('.turns a').filter({ hasText: text });

/** The steps, in one page. Each leaves the session as it is. */
const steps = {
  async 'a running session is on the timeline'(page) {
    await page.getByTestId('phrase').filter({ hasText: 'seven times six' }).click();
    await waitForCaption(page, 'model', /42/);
    await waitForPhase(page, 'listening');
    await say(page, 'Roll two dice');
    await waitForCaption(page, 'model', /rolled/);
    await waitForPhase(page, 'listening');
    await say(page, 'Tell me a long story');
    await waitForAudio(page);
    await say(page, 'What is one plus two?');
    await waitForCaption(page, 'model', /makes (three|3)\b/);
    await waitForPhase(page, 'listening');
    await show(page, 'Inspect');
    await isDrawn(page, '[data-testid=timeline] canvas');
    const before = (await view(page)).to;
    await page.waitForFunction((to) => Number(document.querySelector('[data-testid=timeline]').dataset.to) > to, before);
    await page.getByTestId('phases').getByText('Time to answer').waitFor();
    await show(page, 'Talk');
    await page.getByTestId('hang-up').click();
    await waitForState(page, 'ended');
    await show(page, 'Inspect');
  },

  async 'turn and messages name each other'(page) {
    await turnLink(page, 'dice').click();
    await page.waitForFunction(() => location.hash === '#/inspect/turn/2' && document.title.startsWith('Turn 2 · Inspect'));
    const call = page.getByTestId('entry').filter({ hasText: 'toolCall' });
    check((await call.getAttribute('class')).includes('of-turn'), 'The messages of the turn are not marked.');
    await page.getByTestId('only-turn').click();
    const numbers = await page.locator('[data-testid=entry] .turn-number').allTextContents();
    check(numbers.length > 3 && numbers.every((number) => number === 'turn 2'), `Messages of turns ${[...new Set(numbers)]}.`);
    await page.getByTestId('only-turn').click();
    // The list holds only the rows in view; few are left, so that the call is one of them.
    await page.getByTestId('kind').filter({ hasText: 'functions' }).click();
    await call.click();
    await page.getByTestId('detail').getByText('"roll_dice"').waitFor();
    const number = Number(/message\/(\d+)$/.exec(page.url())?.[1]);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction((n) => Number(/message\/(\d+)$/.exec(location.hash)?.[1]) > n, number);
    await page.goBack();
    await page.waitForFunction(() => location.hash === '#/inspect/turn/2');
    await page.goBack();
    await page.waitForFunction(() => location.hash === '#/inspect');
    await page.getByTestId('entry').filter({ hasText: 'toolCall' }).click();
    await page.getByTestId('turn-of-message').click();
    await page.waitForFunction(() => /^#\/inspect\/turn\/2\/message\/\d+$/.test(location.hash));
    check((await turnLink(page, 'dice').getAttribute('aria-current')) === 'true', 'The link to the turn does not choose it.');
    await page.getByTestId('close-message').click();
    await page.getByTestId('kind').filter({ hasText: 'functions' }).click();
  },

  async 'messages are searched and filtered'(page) {
    await page.getByTestId('filter').fill('SEVEN times');
    await page.locator('[data-testid=entry] mark').first().waitFor();
    const found = await page.getByTestId('entry').count();
    check(found > 0 && (await page.locator('[data-testid=entry] mark').count()) === found, 'What was found is not marked.');
    await page.getByTestId('filter').fill('');
    await page.getByTestId('kind').filter({ hasText: 'functions' }).click();
    check((await page.getByTestId('entry').count()) === 2, 'The kind is not filtered.');
    await page.getByRole('button', { name: 'Received' }).click();
    check((await page.getByTestId('entry').count()) === 1, 'The direction is not filtered.');
    await page.locator('.segments').getByRole('button', { name: 'All' }).click();
    await page.getByTestId('kind').filter({ hasText: 'functions' }).click();
  },

  async 'a message is copied as code'(page) {
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const copied = async (label) => {
      const before = await clipboard();
      await page.getByTestId('copy-as').click();
      await page.locator('.menu').getByRole('button', { name: label, exact: true }).click();
      await page.getByTestId('copy-as').getByText('Copied').waitFor();
      // "Copied" may still be there from the copy before.
      await page.waitForFunction(async (before) => (await navigator.clipboard.readText()) !== before, before);
      return clipboard();
    };
    await page.getByTestId('filter').fill('long story');
    await page.getByTestId('entry').filter({ hasText: 'text' }).first().click();
    for (const [label, code] of [
      ['C# (Parley.Client)', 'await session.SendTextAsync("Tell me a long story");'],
      ['Python (google-genai)', 'await session.send_realtime_input(text="Tell me a long story")'],
      ['Python (websockets)', 'await websocket.send(json.dumps({"realtimeInput": {"text": "Tell me a long story"}}))'],
      ['JavaScript (@google/genai)', "session.sendRealtimeInput({ text: 'Tell me a long story' });"],
    ])
      check((await copied(label)) === code, `${label}: ${await clipboard()}`);
    await page.getByTestId('filter').fill('');
    await page.getByTestId('close-message').click();
  },

  async 'a click plays, and words and messages are in step'(page) {
    await page.getByTestId('show-all').click();
    const { to } = await view(page);
    const answer = await page.evaluate(() => window.parley.entries().find(({ mark }) => mark === 'audible').t);
    const { width } = await page.getByTestId('timeline').boundingBox();
    await page.getByTestId('timeline').click({ position: { x: (Math.max(0, answer - 300) / to) * width, y: 60 } });
    await page.locator('[data-testid=heard] mark').waitFor();
    const [word, message] = await page.evaluate(() => [
      document.querySelector('[data-testid=heard] mark').textContent.trim(),
      Number(document.querySelector('[data-testid=heard-row]').dataset.message),
    ]);
    const row = await page.evaluate((n) => window.parley.entries().find((entry) => entry.n === n), message);
    check(row.message.serverContent?.outputTranscription?.text.includes(word) && row.turn === 1, `“${word}” is beside ${JSON.stringify(row)}.`);
    await page.locator('.turns li.heard').filter({ hasText: 'seven' }).waitFor();
    await page.waitForFunction((before) => ![undefined, before].includes(document.querySelector('[data-testid=heard] mark')?.textContent.trim()), word);
    await page.getByTestId('play').click();
    const stopped = await page.getByTestId('position').textContent();
    check(/^\d:\d\d\.\d/.test(stopped), stopped);
  },

  async 'the timeline is zoomed and moved by mouse'(page) {
    await page.getByTestId('show-all').click();
    const whole = await span(page);
    const box = await page.getByTestId('timeline').boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await waitForSpan(page, `span < ${whole * 0.6}`);
    const before = await view(page);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 4, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction((from) => Number(document.querySelector('[data-testid=timeline]').dataset.from) > from, before.from);
    check((await page.getByTestId('play').textContent()).includes('Play'), 'A drag plays.');
    await page.getByTestId('zoom-in').click();
    await waitForSpan(page, `span < ${whole * 0.35}`);
    await page.getByTestId('overview').click({ position: { x: 2, y: 10 } });
    await page.waitForFunction(() => document.querySelector('[data-testid=timeline]').dataset.from === '0');
    await turnLink(page, 'dice').click();
    await page.getByTestId('show-turn').click();
    const { at, tools } = await page.evaluate(() => window.parley.turns()[1]);
    const turn = await view(page);
    check(turn.from <= at.endOfSpeech && turn.to >= tools[0].to, `The turn is not in ${JSON.stringify(turn)}.`);
  },

  async 'the timeline works by keyboard, and says where it is'(page) {
    await page.getByTestId('timeline').focus();
    await page.keyboard.press('0');
    const whole = await span(page);
    await page.keyboard.press('+');
    await waitForSpan(page, `span < ${whole * 0.6}`);
    await page.keyboard.press('-');
    await waitForSpan(page, `span > ${whole * 0.9}`);
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    // Ten seconds on, or at the end of a shorter session.
    const reached = Math.min(10_000, whole);
    await page.waitForFunction((at) => Math.abs(Number(document.querySelector('[data-testid=timeline]').getAttribute('aria-valuenow')) - at) < 50, reached);
    check((await spoken(page)).startsWith(reached === 10_000 ? '0:10.0 of ' : '0:0'), await spoken(page));
    await page.keyboard.press('Home');
    const said = new Set();
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press(']');
      for (const part of (await spoken(page)).split(', ').slice(1)) said.add(part);
    }
    for (const event of ['voice activity', 'turn 1: end of turn detected', 'turn 1: first token', 'roll_dice', 'turn 3: interrupted'])
      check(said.has(event), `“${event}” is not said: ${[...said].join('; ')}`);
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await page.getByTestId('play').getByText('Pause').waitFor();
    await page.keyboard.press(' ');
    await page.getByTestId('play').getByText('Play').waitFor();
    check(page.url().includes('#/inspect'), 'A key of the timeline was taken as a shortcut.');
  },

  async 'the limit colours the times'(page) {
    await page.getByTestId('limit').fill('0.001');
    await page.getByTestId('limit').press('Enter');
    check((await page.getByTestId('verdict').textContent()).includes('after the limit'), 'No answer is after a limit of one millisecond.');
    check((await page.locator('.turns .slow').count()) > 0, 'Slow turns are not coloured.');
    await page.getByTestId('limit').fill('60');
    await page.getByTestId('limit').press('Enter');
    await page.getByText('All answers began within the limit.').waitFor();
    check((await page.locator('.turns .slow, .turns .fair').count()) === 0, 'A turn within the limit is coloured as slow.');
    await page.getByTestId('bars').locator('[data-turn="1"]').click();
    await page.waitForFunction(() => location.hash === '#/inspect/turn/1');
  },

  async 'an export is opened again, and compared'(page, { folder }) {
    const turns = await page.locator('.turns .question').allTextContents();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()]);
    const path = join(folder, 'export.zip');
    await download.saveAs(path);
    await page.getByTestId('open-export').setInputFiles(path);
    await page.getByTestId('source').getByText('export.zip').waitFor();
    check(JSON.stringify(await page.locator('.turns .question').allTextContents()) === JSON.stringify(turns), 'The export has other turns.');
    await isDrawn(page, '[data-testid=timeline] canvas');
    await page.getByTestId('compare-with').setInputFiles(path);
    await isDrawn(page, '[data-testid=overlay]');
    const differences = await page.getByTestId('difference').allTextContents();
    check(differences.length > 4 && differences.every((one) => /^(0\.00 s|–)$/.test(one)), `A session differs from itself: ${differences}`);
    await page.getByTestId('turn-there').selectOption('2');
    await page.getByRole('button', { name: 'Close the comparison' }).click();
  },

  async 'a cassette is opened with its audio'(page) {
    await page.getByTestId('open-folder').setInputFiles(cassette);
    await page.getByTestId('source').getByText('go-away-and-resume.cassette').waitFor();
    await isDrawn(page, '[data-testid=timeline] canvas');
    check((await page.getByTestId('notice').count()) === 0, 'A notice is shown.');
    await page.getByTestId('timeline').focus();
    const said = [];
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press(']');
      said.push(await spoken(page));
    }
    check(/goAway, 10s left/.test(said.join()) && /connected/.test(said.join()), said.join('\n'));
  },

  async 'a folder of --record is opened, a session at a time'(page, { records }) {
    await show(page, 'Talk');
    await page.getByTestId('start').click();
    await waitForState(page, 'connected');
    await say(page, 'What is two plus two?');
    await waitForCaption(page, 'model', /makes (four|4)\b/);
    await page.getByTestId('hang-up').click();
    await waitForState(page, 'ended');
    await show(page, 'Inspect');
    check((await readdir(records)).length === 2, 'There are not two recordings.');
    await page.getByTestId('open-folder').setInputFiles(records);
    await turnLink(page, 'seven').waitFor();
    await page.getByTestId('session-choice').selectOption('1');
    await turnLink(page, 'two plus two').waitFor();
    check((await page.locator('.turns a').count()) === 1, 'The second session has other turns.');
    await page.getByTestId('previous').click();
    await page.getByTestId('session-choice').waitFor({ state: 'detached' });
  },

  async 'a file that is none is refused with its reason'(page) {
    await page.getByTestId('open-export').setInputFiles({ name: 'notes.jsonl', mimeType: 'text/plain', buffer: Buffer.from('{"a":1}\nnot json') });
    await page.getByTestId('notice').getByText('notes.jsonl: Line 2 is not JSON.').waitFor();
    await page.getByTestId('notice').getByRole('button', { name: 'Close' }).click();
  },
};

await run(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-console-'));
  const records = join(folder, 'records');
  const server = await startServer({ args: ['--record', records] });
  const silence = join(folder, 'silence.wav');
  await compose(silence, 48_000, [1]);
  const browser = await openBrowser(silence);
  try {
    const { page, problems } = await openConsole(browser, server.url);
    for (const [name, step] of Object.entries(steps)) {
      try {
        await step(page, { folder, records });
      } catch (error) {
        throw new Error(`${name}: ${error.stack}`);
      }
      check(problems.length === 0, `${name}: errors in the page:\n${problems.join('\n')}`);
    }
    print('steps', Object.keys(steps).length);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
