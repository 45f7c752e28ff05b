// A function call on models that end the turn at the call, wait for the response, or continue meanwhile.
import { check, print, run } from './peer.mjs';
import { answer, close, connect } from './sdk.mjs';

const models = ['gemini-2.5-flash-native-audio-preview-12-2025', 'gemini-3.1-flash-live-preview', 'gemini-3.8-live'];
const setAlarm = {
  name: 'set_alarm',
  description: 'Sets an alarm.',
  parameters: { type: 'OBJECT', properties: { time: { type: 'STRING' } }, required: ['time'] },
};

await run(async () => {
  for (const model of models) {
    const peer = await connect({ tools: [{ functionDeclarations: [setAlarm] }] }, { model });
    peer.session.sendRealtimeInput({ text: 'Call the function set_alarm with {"time":"07:30"}' });
    await peer.listener.until('a tool call', (seen) => seen.calls.length > 0);
    const [call] = peer.listener.calls;
    check(call.name === 'set_alarm' && call.args.time === '07:30' && call.id, `The call was ${JSON.stringify(call)}`);

    peer.session.sendToolResponse({ functionResponses: [{ id: call.id, name: call.name, response: { output: 'alarm is set' } }] });
    await answer(peer.listener);
    print(model, peer.listener.said.trim());
    await close(peer);
  }
});
