// What the console costs: CPU of the main thread while a microphone is open and nobody speaks, and a session of 50,000 messages.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, openConsole, show, waitForPhase, waitForState } from './console-page.mjs';
import { print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';
import { compose } from './wav.mjs';

const watchedMs = 10_000;
const messages = 50_000;

await run(async () => {
  const server = await startServer();
  const folder = await mkdtemp(join(tmpdir(), 'parley-console-'));
  const silence = join(folder, 'silence.wav');
  await compose(silence, 48_000, [1]);
  const browser = await openBrowser(silence);
  try {
    const { page, context } = await openConsole(browser, server.url);
    await page.getByTestId('start').click();
    await page.getByRole('button', { name: 'Mute' }).waitFor();
    await waitForPhase(page, 'listening');
    const session = await context.newCDPSession(page);
    // CPU time of the thread, which other programs on the machine do not change.
    await session.send('Performance.setTimeDomain', { timeDomain: 'threadTicks' });
    await session.send('Performance.enable');
    const busy = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
    for (const view of ['Talk', 'Inspect']) {
      await show(page, view);
      await page.waitForTimeout(1_000);
      const [from, started] = [await busy(), Date.now()];
      await page.waitForTimeout(watchedMs);
      print(`busy in ${view}`, (((await busy()) - from) / (Date.now() - started) * 100).toFixed(1));
    }
    await show(page, 'Talk');
    await page.getByTestId('hang-up').click();

    const file = join(folder, 'long.jsonl');
    await writeFile(file, longSession());
    await show(page, 'Inspect');
    const opening = await busy();
    await page.getByTestId('open-export').setInputFiles(file);
    await waitForState(page, 'recording');
    print('open 50,000 messages, ms', Math.round((await busy()) - opening));
    const filtering = await busy();
    await page.getByTestId('filter').fill('turnComplete');
    await page.getByText(`of ${messages.toLocaleString('en')}`).waitFor();
    print('search 50,000 messages, ms', Math.round((await busy()) - filtering));
    const back = await busy();
    await show(page, 'Talk');
    await page.getByTestId('model-caption').last().waitFor();
    print('back to Talk, ms', Math.round((await busy()) - back));
    print('elements in Talk', await page.evaluate(() => document.querySelectorAll('*').length));
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

function longSession() {
  const chunk = Buffer.alloc(640, 1).toString('base64');
  const lines = [];
  for (let n = 0; n < messages; n++) {
    const part = n % 100;
    const line = { t: n / 50, dir: 'in', op: 'text', json: { realtimeInput: { audio: { mimeType: 'audio/pcm;rate=16000', data: chunk } } } };
    if (part === 0) line.json = { realtimeInput: { text: `Question ${n / 100}` } };
    else if (part > 60 && part < 90) Object.assign(line, { dir: 'out', json: { serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data: chunk } }] } } } });
    else if (part >= 90 && part < 99) Object.assign(line, { dir: 'out', json: { serverContent: { outputTranscription: { text: ` word${part}` } } } });
    else if (part === 99) Object.assign(line, { dir: 'out', json: { serverContent: { turnComplete: true } } });
    lines.push(JSON.stringify(line));
  }
  return lines.join('\n');
}
