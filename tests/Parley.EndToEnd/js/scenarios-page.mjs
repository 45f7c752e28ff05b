// The snippet of docs/scenarios.md, run by `parley emulator exec --scenario lamp.yaml`.
import { GoogleGenAI } from '@google/genai';

const response = await fetch(`${process.env.PARLEY_EMULATOR_CONTROL}/spaces`, { method: 'POST', body: JSON.stringify({ scenario: 'lamp' }) });
const { key, control } = await response.json();
const ai = new GoogleGenAI({ apiKey: key });

await new Promise((resolve, reject) => {
  const session = ai.live.connect({
    model: 'gemini-3.8-live',
    callbacks: {
      onmessage: async ({ setupComplete, serverContent }) => {
        if (setupComplete) (await session).sendRealtimeInput({ text: 'thanks' });
        if (serverContent?.turnComplete) resolve((await session).close());
      },
      onclose: (event) => reject(new Error(`${event.code} ${event.reason}`)),
    },
  });
  session.catch(reject);
});

const verified = await fetch(`${control}/verify`);          // 200, or 409 with the report
console.log(verified.status, await verified.text());
