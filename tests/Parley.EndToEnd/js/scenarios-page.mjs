// The snippet of docs/scenarios.md, run by `parley emulator exec --scenario lamp.yaml`.
import { GoogleGenAI } from '@google/genai';

const response = await fetch(`${process.env.PARLEY_EMULATOR_CONTROL}/spaces`, { method: 'POST', body: JSON.stringify({ scenario: 'lamp' }) });
const { key, control } = await response.json();
const ai = new GoogleGenAI({ apiKey: key });

await new Promise((resolve, reject) => {
  const session = ai.live.connect({
    model: 'gemini-3.1-flash-live-preview',
    config: { tools: [{ functionDeclarations: [{ name: 'set_lamp' }] }] },
    callbacks: {
      onmessage: async ({ setupComplete, serverContent, toolCall }) => {
        if (setupComplete) (await session).sendRealtimeInput({ text: 'Turn on the lamp' });
        for (const { id, name } of toolCall?.functionCalls ?? [])
          (await session).sendToolResponse({ functionResponses: [{ id, name, response: { result: 'kitchen is on' } }] });
        if (serverContent?.turnComplete) resolve((await session).close());
      },
      onclose: (event) => reject(new Error(`${event.code} ${event.reason}`)),
    },
  });
  session.catch(reject);
});

const verified = await fetch(`${control}/verify`);          // 200, or 409 with the report
console.log(verified.status, await verified.text());
