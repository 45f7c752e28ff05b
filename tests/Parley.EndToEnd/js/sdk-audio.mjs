// A spoken turn with an open microphone: the server detects the end of speech.
import { media, print, run } from './peer.mjs';
import { answer, close, connect, speakTo, withSilence } from './sdk.mjs';

await run(async () => {
  const peer = await connect();
  await speakTo(peer.session, withSilence(media.question, 2));
  await answer(peer.listener);
  await peer.listener.until('the input transcription', (seen) => seen.heard);
  print('heard', peer.listener.heard.trim());
  print('said', peer.listener.said.trim());
  print('audio type', [...peer.listener.audioTypes].join(', '));
  await close(peer);
});
