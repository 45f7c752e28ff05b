import { audioContext } from './engine';
import { floatToPcm, inputRate } from './pcm';
import roll from './phrases/dice.mp3';
import green from './phrases/green.mp3';
import story from './phrases/story.mp3';
import sum from './phrases/sum.mp3';
import time from './phrases/time.mp3';

/** A sentence that the page can speak in place of the user, so that a session needs no microphone. */
export interface Phrase {
  text: string;
  url: string;
}

export const phrases: readonly Phrase[] = [
  { text: 'What is seven times six?', url: sum },
  { text: 'Roll two dice.', url: roll },
  { text: 'Make the page green.', url: green },
  { text: 'Tell me a long story.', url: story },
  { text: 'What time is it?', url: time },
];

/** The audio of a phrase: for the loudspeaker, and as PCM16 at 16 kHz for the session. */
export async function loadPhrase({ url }: Phrase): Promise<{ heard: AudioBuffer; pcm: Int16Array }> {
  const file = await (await fetch(url)).arrayBuffer();
  // An offline context at the rate of the session resamples while it decodes.
  const [heard, sent] = await Promise.all([
    (await audioContext()).decodeAudioData(file.slice(0)),
    new OfflineAudioContext(1, 1, inputRate).decodeAudioData(file),
  ]);
  return { heard, pcm: floatToPcm(sent.getChannelData(0)) };
}
