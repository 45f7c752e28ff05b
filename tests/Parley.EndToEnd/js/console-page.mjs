// The console in headless Chromium, with a microphone that plays a file and the browser's own test picture as camera.
import { chromium } from 'playwright-core';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LONGEST_MS = 30_000;

export async function openBrowser(microphoneFile = silence()) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--autoplay-policy=no-user-gesture-required', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphoneFile}%noloop`,
    ],
  });
}

/** A microphone file without sound. The one that Chromium has by itself beeps, which may interrupt an answer. */
function silence() {
  const path = join(mkdtempSync(join(tmpdir(), 'parley-silence-')), 'silence.wav');
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(32_036, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  [1, 1].forEach((value, i) => header.writeUInt16LE(value, 20 + 2 * i));
  [16_000, 32_000].forEach((value, i) => header.writeUInt32LE(value, 24 + 4 * i));
  [2, 16].forEach((value, i) => header.writeUInt16LE(value, 32 + 2 * i));
  header.write('data', 36);
  header.writeUInt32LE(32_000, 40);
  writeFileSync(path, Buffer.concat([header, Buffer.alloc(32_000)]));
  return path;
}

/** Opens the page in its own browser context and collects its errors in `problems`. */
export async function openConsole(browser, url, options = {}) {
  const context = await browser.newContext({ permissions: ['microphone', 'camera', 'clipboard-read', 'clipboard-write'], acceptDownloads: true, ...options });
  const page = await context.newPage();
  // A script may delay what the server sends, as a slow network does.
  await page.addInitScript(() => {
    let delay = 0;
    window.parleyDelay = (ms) => (delay = ms);
    const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
    Object.defineProperty(WebSocket.prototype, 'onmessage', {
      configurable: true,
      set(handler) {
        set.call(this, (event) => (delay > 0 ? setTimeout(() => handler.call(this, event), delay) : handler.call(this, event)));
      },
    });
  });
  page.setDefaultTimeout(LONGEST_MS);
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.stack));
  page.on('console', (message) => {
    // Some tests stop the server, and the browser then logs every failed request.
    if (message.type() === 'error' && !/Failed to load resource|ERR_CONNECTION_REFUSED|WebSocket connection/.test(message.text())) problems.push(message.text());
  });
  await page.goto(url);
  await page.getByTestId('start').waitFor();
  // Echo cancellation would distort a microphone that plays a file.
  await page.evaluate(() => {
    const stored = JSON.parse(localStorage.getItem('parley.profiles') ?? '{}');
    localStorage.setItem('parley.profiles', JSON.stringify({ ...stored, current: { ...stored.current, echoCancellation: false } }));
  });
  await page.reload();
  await page.getByTestId('start').waitFor();
  return { context, page, problems };
}

export const show = (page, view) => page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click();

/** Waits for what the session is doing: listening, thinking, speaking and so on. */
export async function waitForPhase(page, phase) {
  try {
    await page.locator(`[data-testid=talk][data-phase=${phase}]`).waitFor();
  } catch (error) {
    const shown = await page.getByTestId('talk').getAttribute('data-phase', { timeout: 1_000 }).catch(() => 'another view');
    throw new Error(`The page shows ${shown}, not ${phase}: ${error.message}`);
  }
}

export const waitForState = (page, state) =>
  page.waitForFunction((wanted) => document.querySelector('[data-testid=state]')?.textContent?.trim() === wanted, state);

/** Waits until a caption of one side matches. */
export const waitForCaption = (page, side, pattern) =>
  page.waitForFunction(
    ([id, source]) => [...document.querySelectorAll(id.split('|').map((side) => `[data-testid=${side}-caption]`).join())].some((caption) => new RegExp(source, 'i').test(caption.textContent)),
    [side, pattern.source],
  );

export const lastCaption = (page, side) => page.getByTestId(`${side}-caption`).last().textContent();

/** Waits until the audio graph of the page plays the model. */
export const waitForAudio = (page) => page.waitForFunction(() => window.parley.levels().model > 0.3);

export const waitForSilence = (page) =>
  page.waitForFunction(() => {
    if (window.parley.levels().model > 0.05) window.parleyQuietSince = undefined;
    else window.parleyQuietSince ??= performance.now();
    return window.parleyQuietSince !== undefined && performance.now() - window.parleyQuietSince > 400;
  });

export const entries = (page) => page.evaluate(() => window.parley.entries().map(({ t, dir, kind, mark, message }) => ({ t, dir, kind, mark, message: kind === 'audio' ? undefined : message })));

export async function say(page, text) {
  await page.locator('#message').fill(text);
  await page.locator('#message').press('Enter');
}
