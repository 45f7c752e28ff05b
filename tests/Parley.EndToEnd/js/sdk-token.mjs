// Ephemeral tokens with the official SDK: created by the server, used on the constrained method, limits enforced.
import { GoogleGenAI } from '@google/genai';
import { check, key, print, run, server } from './peer.mjs';
import { answer, close, connect } from './sdk.mjs';

const MODEL = 'gemini-3.8-live';
const NO_MODEL = 'not-a-live-model';
const alarm = { functionDeclarations: [{ name: 'set_alarm', description: 'Sets an alarm' }] };
const door = { functionDeclarations: [{ name: 'open_door', description: 'Opens a door' }] };

const ai = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: server, apiVersion: 'v1alpha' } });
const mint = async (config) => (await ai.authTokens.create({ config })).name;
const refusal = async (apiKey, model = MODEL) => {
  const refused = await connect({}, { apiKey, model }).catch((error) => error);
  check(refused instanceof Error, 'A session opened that should have been refused.');
  return refused.message;
};

/** Requests a function call and returns the name of the called function. */
async function callOf(open, request) {
  open.session.sendClientContent({ turns: request });
  await open.listener.until('a call', (seen) => seen.calls.length > 0);
  return open.listener.calls[0].name;
}

await run(async () => {
  // Everything is locked: the client's model and tools are ignored.
  const locked = await mint({ uses: 1, liveConnectConstraints: { model: MODEL, config: { tools: [alarm], outputAudioTranscription: {} } } });
  check(locked.startsWith('auth_tokens/'), `Unexpected token name: ${locked}.`);
  const all = await connect({ tools: [door] }, { apiKey: locked, model: NO_MODEL });
  print('locked call', await callOf(all, 'Call the function set_alarm with {}'));
  await close(all);
  print('second use', await refusal(locked));

  // Only the given fields are locked: the model, not the tools.
  const masked = await mint({ uses: 2, liveConnectConstraints: { model: MODEL, config: {} }, lockAdditionalFields: [] });
  const free = await connect({ tools: [door] }, { apiKey: masked, model: NO_MODEL });
  print('free call', await callOf(free, 'Call the function open_door with {}'));
  await close(free);

  // An additional field is locked without a value.
  const additional = await mint({ liveConnectConstraints: { model: MODEL, config: { systemInstruction: 'Be brief.' } }, lockAdditionalFields: ['temperature'] });
  const more = await connect({ temperature: 1.5 }, { apiKey: additional, model: NO_MODEL });
  more.session.sendClientContent({ turns: 'What is seven times six?' });
  await answer(more.listener);
  print('additional answer', more.listener.said.trim());
  await close(more);

  // Without constraints the client chooses the model, and an unknown model does not consume a use.
  const open = await mint({});
  print('unknown model', await refusal(open, NO_MODEL));
  await close(await connect({}, { apiKey: open }));

  // An expired token ends its sessions and opens no new ones.
  const short = await mint({ uses: 0, expireTime: new Date(Date.now() + 12_000).toISOString() });
  const running = await connect({}, { apiKey: short });
  await running.listener.until('the end of the token', (seen) => seen.closed);
  print('end of the token', `${running.listener.closed.code}`);
  print('expired', await refusal(short));

  print('altered', await refusal(`${open.slice(0, -6)}AAAAAA`));
  const tooLong = await mint({ expireTime: new Date(Date.now() + 30 * 3_600_000).toISOString() }).catch((error) => error);
  check(tooLong instanceof Error, 'A token for thirty hours was created.');
  print('too long', tooLong.message);
});
