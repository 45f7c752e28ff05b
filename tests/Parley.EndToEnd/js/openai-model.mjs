// A chat model with the OpenAI chat completions API that repeats its input word by word. Usage: node openai-model.mjs PORT
import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { messages, model } = JSON.parse(body);
  const last = messages.filter(message => message.role === 'user').at(-1)?.content ?? '';
  const text = typeof last === 'string' ? last : last.map(part => part.text ?? '').join(' ');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta, reason = null) => response.write(`data: ${JSON.stringify({
    id: 'stub', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason: reason }],
  })}\n\n`);
  for (const word of `I am the model, and you said: ${text.trim().replace(/[.?!]$/, '')}.`.split(/(?<= )/)) send({ content: word });
  send({}, 'stop');
  response.end('data: [DONE]\n\n');
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => console.log(`port: ${server.address().port}`));
