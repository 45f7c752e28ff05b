// Speech during a long answer interrupts it and is answered.
import { media, print, run } from './peer.mjs';
import { answer, close, connect, speakTo, withSilence } from './sdk.mjs';

await run(async () => {
  const peer = await connect();
  const { listener } = peer;
  peer.session.sendClientContent({ turns: 'Please tell me a long story.' });
  await listener.until('the beginning of the story', (seen) => seen.audioBytes > 0);

  const speaking = speakTo(peer.session, withSilence(media.question, 2));
  await listener.until('the interruption', (seen) => seen.interruptions > 0);
  await listener.until('the end of the interrupted turn', (seen) => seen.turns > 0);
  print('order', listener.order.slice(0, listener.order.indexOf('turnComplete') + 1).join(' '));
  listener.forget();
  await answer(listener);
  await speaking;
  print('next answer', listener.said.trim());
  await close(peer);
});
