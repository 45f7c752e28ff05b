// The page of samples/Tokens in headless Chromium: a click, a token from the back end, an answer directly from the Live API.
import { chromium } from 'playwright-core';
import { key, print, run } from './peer.mjs';

await run(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    const page = await browser.newPage();
    const sent = [];
    page.on('request', (request) => sent.push(request.url()));
    page.on('websocket', (socket) => sent.push(socket.url()));
    page.on('pageerror', (error) => console.error(error.stack));
    await page.goto(process.argv[2]);
    await page.click('button');
    await page.waitForFunction(() => document.body.dataset.state === 'answered', null, { timeout: 60_000 });
    print('answer', (await page.textContent('#answer')).trim());
    print('key in the page', sent.some((url) => url.includes(key)) || (await page.content()).includes(key));
  } finally {
    await browser.close();
  }
});
