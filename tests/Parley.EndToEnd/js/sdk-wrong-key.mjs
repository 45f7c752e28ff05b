// The SDK reports the text of the close.
import { check, print, run } from './peer.mjs';
import { connect } from './sdk.mjs';

await run(async () => {
  const refused = await connect({}, { apiKey: 'not-a-key' }).catch((error) => error);
  check(refused instanceof Error, 'A wrong key opened a session.');
  print('refused', refused.message);
});
