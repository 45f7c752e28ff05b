// A third-party Live server: the Gemini Live mock of @copilotkit/aimock, with the answers that our scenarios expect. Prints its URL and exits on
// SIGTERM.
import { LLMock } from '@copilotkit/aimock';

const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 12, logLevel: 'silent' });
const call = (id, name, args) => ({ id, name, arguments: JSON.stringify(args) });

mock.onMessage('seven times six', { content: 'That makes 42.' });
mock.onMessage('What is your name', { content: 'I am a mock.' });
mock.onToolResult('call_lights', { content: 'The lights in the kitchen are on.' });
mock.onToolResult('call_second', { content: 'Both are done.' });
mock.on({ toolResultContains: 'There is no function' }, { content: 'So there is none.' });
mock.onMessage('turn_on_the_lights', { toolCalls: [call('call_lights', 'turn_on_the_lights', { room: 'kitchen' })] });
mock.onMessage('both functions', { toolCalls: [call('call_first', 'first', {}), call('call_second', 'second', {})] });
mock.onMessage('not_there', { content: 'One moment.', toolCalls: [call('call_unknown', 'not_there', {})] });
mock.onMessage('quota', { error: { message: 'Too many requests', type: 'RESOURCE_EXHAUSTED' }, status: 429 });
// What the conformance checks say.
const weather = call('call_weather', 'get_weather', { location: 'Paris' });
mock.onToolResult('call_weather', { content: 'It is sunny.' });
mock.onMessage('and call the function set_lamp', { toolCalls: [weather, call('call_lamp', 'set_lamp', { room: 'kitchen' })] });
mock.onMessage('Call the function get_weather', { toolCalls: [weather] });
mock.onMessage('Tell me a long story', { content: 'Once upon a time there was a harbour with many ships. '.repeat(50) });
mock.onMessage('Say hello', { content: 'Hello!' });

console.log(await mock.start());
process.on('SIGTERM', async () => {
  await mock.stop();
  process.exit(0);
});
