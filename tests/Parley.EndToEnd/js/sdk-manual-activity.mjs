// The client marks the start and end of speech.
import { media, print, run } from './peer.mjs';
import { answer, close, connect, speakTo } from './sdk.mjs';

await run(async () => {
  const peer = await connect({
    realtimeInputConfig: { automaticActivityDetection: { disabled: true }, turnCoverage: 'TURN_INCLUDES_ONLY_ACTIVITY' },
  });
  peer.session.sendRealtimeInput({ activityStart: {} });
  await speakTo(peer.session, media.question);
  peer.session.sendRealtimeInput({ activityEnd: {} });
  await answer(peer.listener);
  await peer.listener.until('the input transcription', (seen) => seen.heard);
  print('heard', peer.listener.heard.trim());
  print('said', peer.listener.said.trim());
  await close(peer);
});
