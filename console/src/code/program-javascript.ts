import { javascript } from './literals';
import { messageCode } from './message';
import type { Recipe, Step } from './steps';
import { comments, hasAudio, wordsAt } from './words';

/** A program for Node.js with the official SDK. */
export function javascriptProgram(recipe: Recipe, server: string): string {
  const audio = hasAudio(recipe);
  const code = `${comments(recipe, '//', 'npm install @google/genai, then: node session.mjs')}
${audio ? "import { readFile } from 'node:fs/promises';\n" : ''}import { setTimeout as sleep } from 'node:timers/promises';
import { GoogleGenAI } from '@google/genai';

const ai = new GoogleGenAI({
    apiKey: process.env.GEMINI_API_KEY ?? 'parley-dev',
    httpOptions: { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL ?? ${javascript(server)} },
});

// What the functions returned in the session.
const results = ${javascript(recipe.results)};

let speaks = false; // whether the model has begun to answer
let calls = false; // whether it waits for a function
let ended = false; // whether it has ended its turn
let wake = () => {};

function onmessage({ serverContent: content, toolCall }) {
    if (toolCall) {
        calls = true;
        const functionResponses = toolCall.functionCalls.map(({ id, name }) => ({ id, name, response: results[name]?.shift() ?? {} }));
        session.sendToolResponse({ functionResponses });
    }
    if (content?.modelTurn || content?.outputTranscription) {
        speaks = true;
        calls = false;
        process.stdout.write(content.outputTranscription?.text ?? content.modelTurn?.parts?.map(({ text }) => text ?? '').join('') ?? '');
    }
    if (content?.interrupted) {
        speaks = false;
        process.stdout.write(' (interrupted)\\n');
    }
    if (content?.turnComplete && speaks && !calls) {
        speaks = false;
        ended = true;
        process.stdout.write('\\n');
    }
    wake();
}

async function until(condition) {
    const late = setTimeout(() => fail('The model did not answer within 30 seconds.'), 30_000);
    while (!condition()) await new Promise((resolve) => (wake = resolve));
    clearTimeout(late);
}

/** Waits for the end of the answer. */
async function answer() {
    await until(() => ended);
    ended = false;
}

/** Waits until the model answers, and some milliseconds more. */
async function answering(ms) {
    await until(() => speaks || ended);
    await sleep(ms);
    ended = false;
}

function fail(reason) {
    console.error(reason);
    process.exit(1);
}
${audio ? audioHelper : ''}
${messageCode({ setup: recipe.setup }, 'javascript').replace(
  'callbacks: { onmessage }',
  `callbacks: {
        onmessage,
        onclose: ({ code, reason }) => code === 1000 || fail(\`The server closed the connection: \${code} \${reason}\`),
    }`,
)}

${recipe.steps.map((step, index) => wordsAt(recipe, index, '//') + line(step)).join('\n')}
session.close();
process.exit(0);
`;
  return code.replaceAll(/\n{3,}/g, '\n\n');
}

const audioHelper = `
const recording = (await readFile('user.wav')).subarray(44);

/** Speaks a part of the recording, in milliseconds, at the speed of speech. */
async function speak(from, to) {
    for (let at = from * 32; at < to * 32; at += 640) {
        const data = recording.subarray(at, Math.min(at + 640, to * 32)).toString('base64');
        session.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } });
        await sleep(20);
    }
}
`;

function line(step: Step): string {
  switch (step.do) {
    case 'send':
      return messageCode(step.message, 'javascript');
    case 'audio':
      return `await speak(${step.from}, ${step.to});`;
    case 'answer':
      return 'await answer();';
    case 'answering':
      return `await answering(${step.ms});`;
  }
}
