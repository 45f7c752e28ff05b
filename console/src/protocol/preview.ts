import { whole } from '../ui/format';
import { fold } from './media';
import type { ClientMessage, ServerMessage } from './messages';

const longest = 160;

/** What a message says, in one line: its words if it has some, else its fields without media. */
export function previewOf(message: unknown): string {
  if (message === null || typeof message !== 'object') return String(message ?? '');
  const text = wordsOf(message as ClientMessage & ServerMessage) ?? fieldsOf(message);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function wordsOf(message: ClientMessage & ServerMessage): string | undefined {
  const { serverContent: content, realtimeInput: input, toolCall, toolResponse } = message;
  if (input?.text) return quoted(input.text);
  const said =
    content?.outputTranscription?.text ??
    content?.inputTranscription?.text ??
    content?.interimInputTranscription?.text ??
    content?.modelTurn?.parts?.find((part) => part.text)?.text;
  if (said) return quoted(said);
  if (toolCall) return (toolCall.functionCalls ?? []).map(({ name, args }) => `${name}(${JSON.stringify(args ?? {})})`).join(', ');
  if (toolResponse)
    return (toolResponse.functionResponses ?? []).map(({ name, response }) => `${name} → ${JSON.stringify(response ?? {})}`).join(', ');
  return message.setup?.model;
}

// A message of a file may contain anything in place of a text.
const quoted = (text: unknown): string => `“${String(text).trim()}”`;

// The names of the outer fields are in the kind of the message already.
function fieldsOf(message: object): string {
  const { json } = fold(message, true) as { json: Record<string, unknown> };
  const { serverContent, usageMetadata, ...others } = json as { serverContent?: object; usageMetadata?: { totalTokenCount?: number } };
  const tokens = usageMetadata?.totalTokenCount;
  return [
    ...Object.entries({ ...others, ...serverContent })
      .filter(([, value]) => value !== null && typeof value === 'object')
      .flatMap(([, value]) => Object.entries(value as object)),
  ]
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .concat(tokens === undefined ? [] : [`${whole(tokens)} tokens`])
    .join(', ');
}
