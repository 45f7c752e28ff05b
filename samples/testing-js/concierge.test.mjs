import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Concierge } from './concierge.mjs';
import { startSpace } from './emulator.mjs';

/** One second of a loud tone, which the server takes for speech. */
const tone = Buffer.from(Int16Array.from({ length: 16_000 }, (_, i) => 12_000 * Math.sin(i * 0.2)).buffer);

async function call(t, scenario, functions = {}) {
  const space = await startSpace(scenario);
  const concierge = new Concierge(functions, space.options);
  await concierge.open();
  t.after(async () => {
    concierge.close();
    await space.end();
  });
  return { space, concierge };
}

test('runs the function of the model and gives its answer', async (t) => {
  const { space, concierge } = await call(t, 'lamp', { set_lamp: ({ room }) => ({ result: `${room} is on` }) });

  assert.equal(await concierge.ask('Turn on the lamp'), 'The lamp is on.');

  const { texts, toolResponses } = await space.journal();
  assert.deepEqual(texts, ['Turn on the lamp']);
  assert.deepEqual(toolResponses, [{ name: 'set_lamp', response: { result: 'kitchen is on' } }]);
  await space.verify();
});

test('a wrong response is reported with its difference', async (t) => {
  const { space, concierge } = await call(t, 'lamp', { set_lamp: () => ({ result: 'broken' }) });

  await concierge.ask('Turn on the lamp');

  await assert.rejects(space.verify(), /The response of set_lamp was not as expected: result: expected "kitchen is on", is "broken"/);
});

test('forgets queued audio when the user interrupts', async (t) => {
  const { space, concierge } = await call(t, 'story');

  const story = concierge.ask('Tell me a story').catch(() => {});
  await space.journal('serverContent.modelTurn');
  concierge.hear(tone);
  await space.journal('serverContent.interrupted');
  await story;

  assert.equal(concierge.interruptions, 1);
  assert.deepEqual(concierge.queue, []);
});

test('goes on in a new session after goAway', async (t) => {
  const { space, concierge } = await call(t, 'leaving');

  await concierge.ask('Remember the number seven');
  const { entries } = await space.journal('setup.sessionResumption.handle');
  assert.equal(entries[0].connection, 2);

  assert.equal(await concierge.ask('Which number?'), 'Seven.');
  await space.verify();
});

test('tells when the server breaks in the middle of an answer', async (t) => {
  const { space, concierge } = await call(t, 'story');
  await space.addFault({ point: 'midAnswer', chunks: 3, action: 'close', code: 1011, reason: 'Internal error encountered.' });

  await assert.rejects(concierge.ask('Tell me a story'), /The call ended: 1011 Internal error encountered\./);
});
