// A session resumed on a second socket.
import { check, print, run } from './peer.mjs';
import { answer, close, connect } from './sdk.mjs';

await run(async () => {
  const first = await connect({ sessionResumption: {} });
  first.session.sendClientContent({ turns: 'Please repeat after me: the box is green' });
  await answer(first.listener);
  print('first answer', first.listener.said.trim());
  await first.listener.until('a handle', (seen) => seen.handle);
  await close(first);

  const second = await connect({ sessionResumption: { handle: first.listener.handle } });
  second.session.sendClientContent({ turns: 'What did I say first?' });
  await answer(second.listener);
  print('resumed answer', second.listener.said.trim());
  await close(second);

  const refused = await connect({ sessionResumption: { handle: 'no-such-handle' } }).catch((error) => error);
  check(refused instanceof Error, 'A handle that was never issued opened a session.');
  print('unknown handle', refused.message);
});
