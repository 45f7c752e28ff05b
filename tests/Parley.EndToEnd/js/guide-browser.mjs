// The guide with the WebSocket of a browser: a local page in headless Chromium.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { check, file, key, methodUrl, run } from './peer.mjs';

const files = {
  '/guide-browser.html': ['text/html', 'tests/Parley.EndToEnd/js/guide-browser.html'],
  '/guide.mjs': ['text/javascript', 'tests/Parley.EndToEnd/js/guide.mjs'],
  '/listener.mjs': ['text/javascript', 'tests/Parley.EndToEnd/js/listener.mjs'],
  '/question.wav': ['audio/wav', 'samples/audio/question.wav'],
  '/picture.jpg': ['image/jpeg', 'tests/Parley.EndToEnd/media/picture.jpg'],
};

const site = createServer(async (request, response) => {
  const [type, path] = files[request.url.split('?')[0]] ?? [];
  response.writeHead(path ? 200 : 404, { 'content-type': type ?? 'text/plain' });
  response.end(path ? await readFile(file(path)) : '');
});

await run(async () => {
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => (message.type() === 'error' ? console.error : console.log)(message.text()));
    page.on('pageerror', (error) => console.error(error.stack));
    const address = encodeURIComponent(methodUrl('BidiGenerateContent', `key=${key}`));
    await page.goto(`http://127.0.0.1:${site.address().port}/guide-browser.html?address=${address}`);
    await page.waitForFunction(() => ['done', 'failed'].includes(document.title), null, { timeout: 80_000 });
    check((await page.title()) === 'done', 'The page failed.');
  } finally {
    await browser.close();
  }
});
