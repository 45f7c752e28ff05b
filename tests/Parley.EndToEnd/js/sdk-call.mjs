// A function of the server beside one of the client: the client sees its own only.
import { check, print, run } from './peer.mjs';
import { answer, close, connect } from './sdk.mjs';

const setAlarm = { name: 'set_alarm', parameters: { type: 'OBJECT', properties: { time: { type: 'STRING' } } } };

await run(async () => {
  const peer = await connect({ tools: [{ functionDeclarations: [setAlarm] }] });
  peer.session.sendRealtimeInput({ text: 'Call the function look_up_order with {"id":"A7"}' });
  await answer(peer.listener);
  print('order', peer.listener.said.trim());
  print('calls seen', peer.listener.calls.length);
  peer.listener.forget();

  peer.session.sendRealtimeInput({ text: 'Call the function set_alarm with {"time":"07:30"}' });
  await peer.listener.until('a tool call', (seen) => seen.calls.length > 0);
  const [call] = peer.listener.calls;
  check(call.name === 'set_alarm', `The call was ${JSON.stringify(call)}`);
  peer.session.sendToolResponse({ functionResponses: [{ id: call.id, name: call.name, response: { output: 'alarm is set' } }] });
  await answer(peer.listener);
  print('alarm', peer.listener.said.trim());
  await close(peer);
});
