// The official JavaScript SDK as a contender: node sdk.mjs in|out ADDRESS MESSAGES PAUSE MODULES
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [direction, baseUrl, messages, pause, modules] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { GoogleGenAI, Modality } = await import(pathToFileURL(require.resolve('@google/genai')));

let finished = () => {};
const played = Buffer.alloc(1920);
const ai = new GoogleGenAI({ apiKey: 'bench', httpOptions: { baseUrl } });
const session = await ai.live.connect({
  model: 'bench',
  config: { responseModalities: [Modality.AUDIO] },
  callbacks: {
    onmessage: (message) => {
      // A player would decode the audio.
      for (const { inlineData } of message.serverContent?.modelTurn?.parts ?? []) if (inlineData) played.write(inlineData.data, 'base64');
      if (message.serverContent?.turnComplete) finished();
    },
  },
});

const chunk = Buffer.alloc(640);
async function run(messages, pause) {
  const done = new Promise((resolve) => (finished = resolve));
  if (direction === 'in') {
    session.sendRealtimeInput({ text: `${messages} ${pause}` });
  } else {
    for (let i = 0; i < +messages; i++) {
      session.sendRealtimeInput({ audio: { data: chunk.toString('base64'), mimeType: 'audio/pcm;rate=16000' } });
      // The SDK does not expose the send queue; a turn of the event loop flushes it.
      if (+pause > 0) await new Promise((resolve) => setTimeout(resolve, +pause));
      else if (i % 16 === 0) await new Promise(setImmediate);
    }
    session.sendRealtimeInput({ audioStreamEnd: true });
  }
  await done;
}

for (let i = 0; i < 3; i++) await run(Math.max(+messages, Math.min(3 * messages, 30_000)), 0);
await run(Math.min(+messages, 200), pause);
const before = process.cpuUsage();
const { voluntaryContextSwitches } = process.resourceUsage();
await run(messages, pause);
const { user, system } = process.cpuUsage(before);
const switches = process.resourceUsage().voluntaryContextSwitches - voluntaryContextSwitches;
console.log(`${((user + system) / +messages).toFixed(3)} NaN ${(switches / +messages).toFixed(2)} NaN`);
process.exit(0);
