// The guide's steps for clients without a key: a back end creates a token, which opens the Constrained method.
import WebSocket from 'ws';
import { ask, open } from './guide.mjs';
import { check, key, methodUrl, print, run, server } from './peer.mjs';

await run(async () => {
  const minted = await fetch(`${server}/v1alpha/auth_tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
    body: JSON.stringify({ uses: 1 }),
  });
  const { name } = await minted.json();
  check(minted.ok && name?.startsWith('auth_tokens/'), `The token request was answered with ${minted.status}`);

  const session = await open(WebSocket, methodUrl('BidiGenerateContentConstrained', `access_token=${name}`, 'v1alpha'));
  print('answer', await ask(session, 'Hello!'));
  session.close();
  await session.listener.until('the close', (seen) => seen.closed);

  const spent = await open(WebSocket, methodUrl('BidiGenerateContentConstrained', `access_token=${name}`, 'v1alpha')).catch((error) => error);
  check(spent instanceof Error, 'A token for one session opened two.');
  print('second use', spent.message);
});
