// Replays recordings to the official SDK: for each, opens a session as its client did, sends what it sent, and waits for what it got.
import { readFile } from 'node:fs/promises';
import { GoogleGenAI } from '@google/genai';
import { print, run } from './peer.mjs';

/** A list of messages that can be waited for. */
class Inbox {
  messages = [];
  closed = null;
  #waits = new Set();

  add(message) {
    this.messages.push(message);
    this.#wake();
  }

  end(event) {
    this.closed = event;
    this.#wake();
  }

  /** Resolves at this number of messages, or at the end of the session. */
  until(count) {
    return new Promise((resolve) => {
      this.#waits.add({ count, resolve });
      this.#wake();
    });
  }

  #wake() {
    for (const wait of this.#waits) {
      if (this.messages.length < wait.count && !this.closed) continue;
      this.#waits.delete(wait);
      wait.resolve();
    }
  }
}

const camel = (value) => {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), camel(inner)]));
};

async function open({ url, vertex, messages }, inbox) {
  const { model, generationConfig, ...config } = messages[0].json.setup;
  const httpOptions = { baseUrl: url };
  const authClient = { getRequestHeaders: async () => new Headers({ authorization: 'Bearer any' }) };
  const [, project, , location] = model.split('/');
  const ai = vertex
    ? new GoogleGenAI({ vertexai: true, project, location, googleAuthOptions: { authClient }, httpOptions })
    : new GoogleGenAI({ apiKey: 'any', httpOptions });
  return await ai.live.connect({
    model: vertex ? model : model.replace(/^models\//, ''),
    config: { ...generationConfig, ...config },
    callbacks: { onmessage: (message) => inbox.add(message), onclose: (event) => inbox.end(event), onerror: () => {} },
  });
}

function send(session, { realtimeInput, clientContent, toolResponse }) {
  if (clientContent) session.sendClientContent(clientContent);
  // This SDK sends no response without an id; other clients do.
  else if (toolResponse) session.sendToolResponse({ functionResponses: toolResponse.functionResponses.map((response) => ({ id: 'none', ...response })) });
  else if (realtimeInput.mediaChunks) session.sendRealtimeInput({ media: realtimeInput.mediaChunks[0] });
  else session.sendRealtimeInput(realtimeInput);
}

async function play(recording) {
  const inbox = new Inbox();
  let session;
  try {
    session = await open(recording, inbox);
  } catch (error) {
    return `refused ${error.message}`;
  }
  // The SDK has taken setupComplete for itself, or has passed it on too.
  const taken = inbox.messages[0]?.setupComplete ? 0 : 1;
  for (const { after, json } of recording.messages.slice(1)) {
    await inbox.until(Math.max(1, after) - taken);
    if (!inbox.closed) send(session, json);
  }
  await inbox.until(recording.changed ? Infinity : recording.expected - taken);
  if (inbox.closed) return `closed ${inbox.closed.code} ${inbox.closed.reason}`;
  session.close();
  await inbox.until(Infinity);
  return `received ${inbox.messages.length + taken}`;
}

await run(async () => {
  for (const recording of JSON.parse(await readFile(process.argv[2], 'utf8'))) {
    recording.messages = recording.messages.map(({ after, json }) => ({ after, json: camel(json) }));
    print(recording.name, await play(recording));
  }
});
