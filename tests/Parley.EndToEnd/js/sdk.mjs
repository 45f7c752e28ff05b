// The official SDK, unchanged except for its base URL, with its default API version.
import { GoogleGenAI, Modality } from '@google/genai';
import { Listener, speak, toBase64 } from './listener.mjs';
import { key, server } from './peer.mjs';

export async function connect(config = {}, { apiKey = key, model = 'gemini-3.8-live' } = {}) {
  const ai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: server } });
  const listener = new Listener();
  const session = await ai.live.connect({
    model,
    config: { responseModalities: [Modality.AUDIO], inputAudioTranscription: {}, outputAudioTranscription: {}, ...config },
    callbacks: {
      onmessage: (message) => listener.take(message),
      onclose: (event) => listener.end(event.code, event.reason),
    },
  });
  return { session, listener };
}

/** Waits for the end of a turn with audio. */
export const answer = (listener) =>
  listener.until('a spoken answer', (seen) => seen.turns > 0 && seen.audioBytes > 0 && seen.order.at(-1) === 'turnComplete');

export const speakTo = (session, pcm) =>
  speak(pcm, (chunk) => session.sendRealtimeInput({ audio: { data: toBase64(chunk), mimeType: 'audio/pcm;rate=16000' } }));

/** Audio followed by silence, as from an open microphone. */
export const withSilence = (pcm, seconds) => Buffer.concat([pcm, Buffer.alloc(seconds * 32_000)]);

export async function close({ session, listener }) {
  session.close();
  await listener.until('the close', (seen) => seen.closed);
}
