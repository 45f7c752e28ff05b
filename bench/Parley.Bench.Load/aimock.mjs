// aimock with one answer, as a yardstick: node aimock.mjs MODULES. It prints its port and exits when its standard input ends.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(`${process.argv[2]}/`));
const { LLMock } = await import(pathToFileURL(require.resolve('@copilotkit/aimock')));
const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
mock.onMessage('seven times six', { content: 'That makes 42.' });
console.log(new URL(await mock.start()).port);
process.stdin.resume().on('end', async () => {
  await mock.stop();
  process.exit(0);
});
