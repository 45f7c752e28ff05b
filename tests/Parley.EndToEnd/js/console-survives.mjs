// The console resumes its session without user action after goAway and after a restart of the server.
import { openBrowser, openConsole, say, show, waitForCaption, waitForState } from './console-page.mjs';
import { check, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';

await run(async () => {
  const lifetimes = { Live: { Sessions: { ConnectionLifetime: '00:00:12', GoAwayLead: '00:00:08' } } };
  let server = await startServer({ config: lifetimes });
  const browser = await openBrowser();
  try {
    const { page, problems } = await openConsole(browser, server.url);
    await say(page, 'My name is Ada.');
    await waitForCaption(page, 'model', /./);

    await show(page, 'Inspect');
    await page.waitForFunction(() => /resumed/.test(document.querySelector('[data-testid=session-panel]')?.textContent ?? ''));
    await waitForState(page, 'connected');
    print('after goAway', 'resumed');
    await show(page, 'Talk');
    await say(page, 'What is three plus four?');
    await waitForCaption(page, 'model', /makes (seven|7)\b/);

    const { port } = server;
    await server.kill();
    await page.getByTestId('server-gone').waitFor();
    await say(page, 'What is two plus three?');
    await page.getByTestId('user-caption').filter({ hasText: 'two plus three' }).waitFor();
    print('typed while the server is gone', 'shown');
    print('killed', await page.getByTestId('server-gone').locator('p').first().textContent());
    server = await startServer({ port });
    await page.getByTestId('server-gone').waitFor({ state: 'detached' });
    await waitForState(page, 'connected');
    await waitForCaption(page, 'model', /makes (five|5)\b/);
    await say(page, 'What is five plus six?');
    await waitForCaption(page, 'model', /makes (eleven|11)\b/);
    print('after the restart', 'answered');

    check(problems.length === 0, `Errors in the page:\n${problems.join('\n')}`);
  } finally {
    await browser.close();
    await server.stop();
  }
});
