// Fields that the SDK passes on unchecked: an unknown schema keyword and an unknown field of a tool response.
import { check, print, run } from './peer.mjs';
import { connect } from './sdk.mjs';

const declaration = (parameters) => [{ functionDeclarations: [{ name: 'ring', parameters: { type: 'OBJECT', properties: {}, ...parameters } }] }];

await run(async () => {
  const refused = await connect({ tools: declaration({ readOnly: true }) }).catch((error) => error);
  check(refused instanceof Error, 'An unknown schema keyword was accepted.');
  print('in the setup', refused.message);

  const { session, listener } = await connect({ tools: declaration({}) });
  session.sendRealtimeInput({ text: 'Call the function ring with {}' });
  await listener.until('a tool call', (seen) => seen.calls.length > 0);
  session.sendToolResponse({ functionResponses: [{ id: listener.calls[0].id, name: 'ring', response: {}, volume: 11 }] });
  await listener.until('the close', (seen) => seen.closed);
  print('in the session', `${listener.closed.code} ${listener.closed.reason}`);
});
