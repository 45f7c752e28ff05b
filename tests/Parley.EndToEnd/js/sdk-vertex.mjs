// The official SDK in its Vertex mode, with a bearer as from Google's library: text, audio, a function call, usage.
import { GoogleGenAI, Modality } from '@google/genai';
import { Listener } from './listener.mjs';
import { check, key, media, print, run, server } from './peer.mjs';
import { answer, close, speakTo, withSilence } from './sdk.mjs';

const setAlarm = {
  name: 'set_alarm',
  description: 'Sets an alarm.',
  parameters: { type: 'OBJECT', properties: { time: { type: 'STRING' } }, required: ['time'] },
};

async function connect(config = {}, { apiVersion } = {}) {
  const authClient = { getRequestHeaders: async () => new Headers({ authorization: `Bearer ${key}` }) };
  const ai = new GoogleGenAI({
    vertexai: true, project: 'my-project', location: 'europe-west4', apiVersion, googleAuthOptions: { authClient }, httpOptions: { baseUrl: server },
  });
  const listener = new Listener();
  const messages = [];
  const session = await ai.live.connect({
    model: 'gemini-live-2.5-flash-native-audio',
    config: { responseModalities: [Modality.AUDIO], inputAudioTranscription: {}, outputAudioTranscription: {}, ...config },
    callbacks: {
      onmessage: (message) => { messages.push(message); listener.take(message); },
      onclose: (event) => listener.end(event.code, event.reason),
    },
  });
  return { session, listener, messages };
}

await run(async () => {
  for (const apiVersion of [undefined, 'v1']) {
    const peer = await connect({}, { apiVersion });
    peer.session.sendClientContent({ turns: 'What is seven times six?' });
    await answer(peer.listener);
    await peer.listener.until('the usage', () => peer.messages.some((message) => message.usageMetadata));
    const usage = peer.messages.find((message) => message.usageMetadata).usageMetadata;
    print(`text ${apiVersion}`, peer.listener.said.trim());
    print(`session id ${apiVersion}`, /^[0-9a-f]{32}$/.test(peer.session.setupComplete?.sessionId ?? peer.messages[0]?.setupComplete?.sessionId ?? ''));
    // The SDK reads the Vertex names and shows them under its own.
    print(`usage ${apiVersion}`, usage.responseTokenCount > 0 && usage.trafficType === 'ON_DEMAND');
    await close(peer);
  }

  const spoken = await connect();
  await speakTo(spoken.session, withSilence(media.question, 2));
  await answer(spoken.listener);
  print('said', spoken.listener.said.trim());
  await close(spoken);

  for (const withId of [true, false]) {
    const peer = await connect({ tools: [{ functionDeclarations: [setAlarm] }] });
    peer.session.sendClientContent({ turns: 'Call the function set_alarm with {"time":"07:30"}' });
    await peer.listener.until('a tool call', (seen) => seen.calls.length > 0);
    const [call] = peer.listener.calls;
    check(call.name === 'set_alarm' && call.args.time === '07:30', `The call was ${JSON.stringify(call)}`);
    const response = { name: call.name, response: { output: 'alarm is set' } };
    peer.session.sendToolResponse({ functionResponses: [withId ? { id: call.id, ...response } : response] });
    await answer(peer.listener);
    print(`function, id in the response: ${withId}`, peer.listener.said.trim());
    await close(peer);
  }
});
