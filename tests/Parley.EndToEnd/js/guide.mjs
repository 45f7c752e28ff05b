// The steps of the WebSocket guide, shared by npm's ws and the browser's WebSocket.
import { Listener, speak, toBase64 } from './listener.mjs';

export const MODEL = 'gemini-2.5-flash-native-audio-preview-12-2025';

const config = {
  model: `models/${MODEL}`,
  responseModalities: ['AUDIO'],
  systemInstruction: { parts: [{ text: 'You are a helpful assistant.' }] },
  inputAudioTranscription: {},
  outputAudioTranscription: {},
  tools: [
    {
      functionDeclarations: [
        {
          name: 'turn_on_the_lights',
          description: 'Turns on the lights of a room.',
          parameters: { type: 'OBJECT', properties: { room: { type: 'STRING' } }, required: ['room'] },
        },
      ],
    },
  ],
};

/** Opens a socket and sends the first message. */
export async function open(WebSocket, address) {
  const socket = new WebSocket(address);
  const listener = new Listener();
  socket.onopen = () => socket.send(JSON.stringify({ config }));
  socket.onmessage = (event) => listener.take(JSON.parse(event.data));
  socket.onclose = (event) => listener.end(event.code, event.reason);
  await listener.until('setupComplete', (seen) => seen.ready);
  return { listener, close: () => socket.close(1000), send: (message) => socket.send(JSON.stringify(message)) };
}

/** Sends a text and waits for the spoken answer. */
export async function ask({ send, listener }, text) {
  listener.forget();
  send({ realtimeInput: { text } });
  await listener.until(`the answer to "${text}"`, (seen) => seen.turns > 0 && seen.audioBytes > 0);
  return listener.said.trim();
}

export async function takeAllSteps(session, { question, picture }, print) {
  const { send, listener } = session;

  print('text answer', await ask(session, 'Hello!'));
  print('audio type', [...listener.audioTypes].join(', '));
  print('audio seconds', (listener.audioBytes / 48_000).toFixed(1));
  print('order', listener.order.join(' '));

  listener.forget();
  await speak(question, (chunk) => send({ realtimeInput: { audio: { data: toBase64(chunk), mimeType: 'audio/pcm;rate=16000' } } }));
  send({ realtimeInput: { audioStreamEnd: true } });
  await listener.until('the answer to the spoken question', (seen) => seen.turns > 0 && seen.audioBytes > 0 && seen.heard);
  print('heard', listener.heard.trim());
  print('spoken answer', listener.said.trim());

  send({ realtimeInput: { video: { data: toBase64(picture), mimeType: 'image/jpeg' } } });
  print('picture answer', await ask(session, 'What do you see?'));

  print('tool answer', await useTool(session, { result: 'The lights are on' }));
  print('tool error answer', await useTool(session, { error: 'The bulb is broken' }));

  session.close();
  await listener.until('the close', (seen) => seen.closed);
  print('closed', listener.closed.code);
}

async function useTool({ send, listener }, response) {
  listener.forget();
  send({ realtimeInput: { text: 'Call the function turn_on_the_lights with {"room":"kitchen"}' } });
  await listener.until('a tool call', (seen) => seen.calls.length > 0);
  const [{ id, name, args }] = listener.calls;
  if (args.room !== 'kitchen') throw new Error(`The call came with ${JSON.stringify(args)}`);
  send({ toolResponse: { functionResponses: [{ id, name, response }] } });
  await listener.until('the answer after the tool', (seen) => seen.turns > 0 && seen.audioBytes > 0 && seen.order.at(-1) === 'turnComplete');
  return listener.said.trim();
}
