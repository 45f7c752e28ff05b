// The SDK shows the close word for word.
import { check, print, run } from './peer.mjs';
import { connect } from './sdk.mjs';

await run(async () => {
  const refused = await connect({}, { apiKey: 'not-a-key' }).catch((error) => error);
  check(refused instanceof Error, 'A wrong key opened a session.');
  print('refused', refused.message);
});
