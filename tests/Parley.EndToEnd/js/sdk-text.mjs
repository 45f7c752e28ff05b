// Text turns with both methods of the SDK.
import { print, run } from './peer.mjs';
import { answer, close, connect } from './sdk.mjs';

await run(async () => {
  const peer = await connect();
  peer.session.sendClientContent({ turns: 'What is seven times six?' });
  await answer(peer.listener);
  print('content answer', peer.listener.said.trim());
  print('order', peer.listener.order.join(' '));

  peer.listener.forget();
  peer.session.sendRealtimeInput({ text: 'What did I say first?' });
  await answer(peer.listener);
  print('realtime answer', peer.listener.said.trim());
  await close(peer);
});
