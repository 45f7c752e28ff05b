import type { ClientMessage } from '../protocol/messages';
import { csharp, csharpJson, javascript, python, snakeCase } from './literals';
import { sdkConfig, withoutHandle } from './setup';

export type Language = 'csharp' | 'genai' | 'websockets' | 'javascript';

/** The statement that sends a message, with media as `pcm` or `picture`. */
export function messageCode(message: ClientMessage, language: Language): string {
  switch (language) {
    case 'csharp':
      return csharpCode(message);
    case 'javascript':
      return javascriptCode(message);
    case 'genai':
      return genaiCode(message);
    case 'websockets':
      return websocketsCode(message);
  }
}

function csharpCode(message: ClientMessage): string {
  const { setup, clientContent, realtimeInput: input, toolResponse } = message;
  if (setup) {
    const { model = '', ...others } = withoutHandle(setup);
    return [
      'await using var session = await client.ConnectAsync(new LiveSetup',
      '{',
      `    Model = ${csharp(model.replace(/^models\//, ''))},`,
      '    AutomaticTools = false,',
      `    Overrides = JsonNode.Parse(${csharpJson(others, '    ')})!.AsObject(),`,
      '});',
    ].join('\n');
  }
  if (input && Object.keys(input).length === 1) {
    if (input.text !== undefined) return `await session.SendTextAsync(${csharp(input.text)});`;
    if (input.audio) return `await session.SendAudioAsync(pcm, ${rate(input.audio.mimeType)});`;
    if (input.video) return `await session.SendVideoAsync(picture, ${csharp(input.video.mimeType ?? 'image/jpeg')});`;
    if (input.activityStart) return 'await session.SendActivityStartAsync();';
    if (input.activityEnd) return 'await session.SendActivityEndAsync();';
    if (input.audioStreamEnd) return 'await session.SendAudioStreamEndAsync();';
  }
  const text = onlyText(clientContent);
  if (text !== undefined) return `await session.SendContentAsync(${csharp(text)}, turnComplete: ${clientContent?.turnComplete === true});`;
  if (clientContent && !clientContent.turns?.length && clientContent.turnComplete === false) return 'await session.InterruptAsync();';
  const raw = toolResponse ? { toolResponse } : message;
  return `await session.SendRawAsync(LiveCodec.DecodeRequest(${csharpJson(raw)}u8));`.replace(/("{3,})u8\)/, '$1u8)');
}

/** `audio/pcm;rate=16000` -> `16_000` */
const rate = (mimeType = ''): string => (/rate=(\d+)/.exec(mimeType)?.[1] ?? '16000').replace(/\B(?=(\d{3})+$)/g, '_');

function javascriptCode({ setup, clientContent, realtimeInput, toolResponse }: ClientMessage): string {
  if (setup) {
    const { model, config, left } = sdkConfig(setup);
    return `${leftOut('//', left)}const session = await ai.live.connect({\n    model: ${javascript(model)},\n    config: ${javascript(config, '    ')},\n    callbacks: { onmessage },\n});`;
  }
  if (realtimeInput) {
    const { audio, video, ...others } = realtimeInput;
    if (audio) return `session.sendRealtimeInput({ audio: { data: pcm.toString('base64'), mimeType: ${javascript(audio.mimeType)} } });`;
    if (video)
      return `session.sendRealtimeInput({ video: { data: picture.toString('base64'), mimeType: ${javascript(video.mimeType)} } });`;
    return `session.sendRealtimeInput(${javascript(others)});`;
  }
  if (clientContent) return `session.sendClientContent(${javascript(clientContent)});`;
  if (toolResponse) return `session.sendToolResponse(${javascript(toolResponse)});`;
  return '// The SDK has no method for this message.';
}

function genaiCode({ setup, clientContent, realtimeInput, toolResponse }: ClientMessage): string {
  if (setup) {
    const { model, config, left } = sdkConfig(setup);
    return `${leftOut('#', left)}client.aio.live.connect(model=${python(model)}, config=${python(snakeCase(config))})`;
  }
  if (realtimeInput) {
    const { audio, video, ...others } = realtimeInput;
    if (audio) return `await session.send_realtime_input(audio={"data": pcm, "mime_type": ${python(audio.mimeType)}})`;
    if (video) return `await session.send_realtime_input(video={"data": picture, "mime_type": ${python(video.mimeType)}})`;
    const [[name, value] = ['text', '']] = Object.entries(snakeCase(others) as object);
    return `await session.send_realtime_input(${name}=${python(value)})`;
  }
  if (clientContent) {
    const { turns = [], turnComplete = false } = clientContent;
    return `await session.send_client_content(turns=${python(snakeCase(turns))}, turn_complete=${python(turnComplete)})`;
  }
  if (toolResponse)
    return `await session.send_tool_response(function_responses=${python(snakeCase(toolResponse.functionResponses ?? []))})`;
  return '# The SDK has no method for this message.';
}

function websocketsCode(message: ClientMessage): string {
  const input = message.realtimeInput;
  if (input?.audio)
    return `await websocket.send(json.dumps({"realtimeInput": {"audio": {"mimeType": ${python(input.audio.mimeType)}, "data": base64.b64encode(pcm).decode()}}}))`;
  if (input?.video)
    return `await websocket.send(json.dumps({"realtimeInput": {"video": {"mimeType": ${python(input.video.mimeType)}, "data": base64.b64encode(picture).decode()}}}))`;
  return `await websocket.send(json.dumps(${python(message.setup ? { setup: withoutHandle(message.setup) } : message)}))`;
}

const leftOut = (comment: string, left: string[]): string =>
  left.length === 0 ? '' : `${comment} Without ${left.join(', ')}, which the SDK does not send.\n`;

/** The text of a content that is nothing but one text of the user. */
export function onlyText(content: ClientMessage['clientContent']): string | undefined {
  const [turn, ...more] = content?.turns ?? [];
  const [part, ...others] = turn?.parts ?? [];
  if (more.length > 0 || others.length > 0 || !part || Object.keys(part).length !== 1 || (turn?.role ?? 'user') !== 'user')
    return undefined;
  return part.text;
}
