// A small client on the official SDK, to be checked with: parley conform --client -- node conform-client.mjs
// It asks one thing, runs its function, resumes after goAway and losses, and goes on until the server ends the session.
import { GoogleGenAI, Modality } from '@google/genai';

const ai = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY, httpOptions: { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL } });
const setLamp = { name: 'set_lamp', description: 'Turns on a lamp', parameters: { type: 'OBJECT', properties: { room: { type: 'STRING' } } } };
let handle;

/** One connection. Resolves with the close, and whether goAway came before it. */
async function connection() {
  const resumed = handle;
  let session;
  let away = false;
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  const take = (message) => {
    if (message.sessionResumptionUpdate?.resumable) handle = message.sessionResumptionUpdate.newHandle;
    if (message.goAway) {
      away = true;
      session.close();
    }
    const calls = message.toolCall?.functionCalls ?? [];
    const functionResponses = calls.map(({ id, name }) => ({ id, name, response: name === setLamp.name ? { output: 'on' } : { error: 'no such function' } }));
    if (calls.length > 0) session.sendToolResponse({ functionResponses });
  };
  session = await ai.live.connect({
    model: 'gemini-3.8-live',
    config: {
      responseModalities: [Modality.AUDIO],
      outputAudioTranscription: {},
      tools: [{ functionDeclarations: [setLamp] }],
      sessionResumption: resumed ? { handle: resumed } : {},
    },
    callbacks: { onmessage: take, onerror: () => {}, onclose: ({ code, reason }) => end({ code, reason, away }) },
  });
  if (!resumed) session.sendRealtimeInput({ text: 'Hello' });
  return ended;
}

let failures = 0;
for (;;) {
  const { code, reason, away } = await connection();
  if (code === 1000 && !away) process.exit(0);
  const final = code === 1007 || (code === 1008 && !reason.includes('aborted')) || reason.includes('quota');
  if (final || (!away && ++failures > 4)) {
    console.error(`${code} ${reason}`);
    process.exit(1);
  }
  if (!away) await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** failures));
}
