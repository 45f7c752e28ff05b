import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csharp, csharpJson, javascript, python, snakeCase } from '../src/code/literals';
import { type Language, messageCode } from '../src/code/message';
import { codeOf, type Form, forms } from '../src/code/program';
import { scenario } from '../src/code/scenario';
import { sdkConfig } from '../src/code/setup';
import { recipeOf } from '../src/code/steps';
import type { ClientMessage, Setup } from '../src/protocol/messages';
import { Script } from './session-script';

const setup: Setup = {
  model: 'models/m',
  generationConfig: { responseModalities: ['AUDIO'], candidateCount: 1 },
  tools: [
    { functionDeclarations: [{ name: 'roll_dice', parameters: { type: 'object', properties: { diceCount: { type: 'integer' } } } }] },
  ],
  sessionResumption: { handle: 'secret-handle' },
  explicitVadSignal: true,
};

const session = new Script()
  .local(0, 'connecting')
  .in(10, { setup })
  .out(50, { setupComplete: {} })
  .spoken(1_000, 2_000)
  .heard(2_400, 'roll "two"\ndice')
  .out(2_500, { toolCall: { functionCalls: [{ id: '1', name: 'roll_dice', args: { count: 2 } }] } })
  .in(2_510, { toolResponse: { functionResponses: [{ id: '1', name: 'roll_dice', response: { total: 5 } }] } })
  .said(2_700, 'Five.')
  .done(2_800)
  .typed(4_000, 'Tell me a "story"')
  .said(4_200, 'Once upon a time')
  .local(4_250, 'audible')
  .typed(5_000, 'Stop: it’s enough')
  .out(5_010, { serverContent: { interrupted: true } })
  .done(5_020)
  .said(5_200, 'All right.')
  .done(5_300)
  .in(6_000, { realtimeInput: { video: { mimeType: 'image/jpeg', data: '' } } }).entries;

describe('Literals', () => {
  const value = { text: 'it\'s "so"\n', 'odd-name': [true, null, 1.5], empty: {}, nested: { list: [] } };

  test('of Python', () => {
    expect(python(value)).toBe('{"text": "it\'s \\"so\\"\\n", "odd-name": [True, None, 1.5], "empty": {}, "nested": {"list": []}}');
  });

  test('of JavaScript are the same value again', () => {
    expect(new Function(`return ${javascript(value)}`)()).toEqual(value);
    expect(new Function(`return ${javascript({ long: Array.from({ length: 40 }, (_, n) => `part ${n}`) })}`)().long).toHaveLength(40);
  });

  test('of C# escape what ends a string or a line', () => {
    expect(csharp('a"b\\c\nd\u0001\u2028')).toBe('"a\\"b\\\\c\\nd\\u0001\\u2028"');
    expect(csharpJson({ a: '' })).toBe('"""{ "a": "" }"""');
    expect(csharpJson('"""')).toMatch(/^"{3,} "\\"\\"\\"" "{3,}$/);
  });

  test('names of the user keep their spelling in Python', () => {
    const declaration = {
      functionDeclarations: [{ parameters: { properties: { roomName: { anyOf: [], minLength: 1 } } } }],
      args: { aB: 1 },
    };
    expect(snakeCase(declaration)).toEqual({
      function_declarations: [{ parameters: { properties: { roomName: { any_of: [], min_length: 1 } } } }],
      args: { aB: 1 },
    });
  });
});

describe('The config of the SDKs', () => {
  test('has the setup in other places, without the handle and without what the SDKs refuse', () => {
    expect(sdkConfig(setup)).toEqual({
      model: 'm',
      config: { responseModalities: ['AUDIO'], tools: setup.tools, sessionResumption: {} },
      left: ['generationConfig.candidateCount', 'explicitVadSignal'],
    });
  });
});

describe('A message as code', () => {
  const text: ClientMessage = { realtimeInput: { text: 'Hi "you"' } };
  const content: ClientMessage = { clientContent: { turns: [{ role: 'user', parts: [{ text: 'Hi' }] }], turnComplete: true } };
  const audio: ClientMessage = { realtimeInput: { audio: { mimeType: 'audio/pcm;rate=16000', data: 'AAAA' } } };
  const response: ClientMessage = { toolResponse: { functionResponses: [{ id: '1', name: 'f', response: { isOn: true } }] } };
  test.each<[ClientMessage, Language, string]>([
    [text, 'csharp', 'await session.SendTextAsync("Hi \\"you\\"");'],
    [text, 'javascript', 'session.sendRealtimeInput({ text: \'Hi "you"\' });'],
    [text, 'genai', 'await session.send_realtime_input(text="Hi \\"you\\"")'],
    [text, 'websockets', 'await websocket.send(json.dumps({"realtimeInput": {"text": "Hi \\"you\\""}}))'],
    [content, 'csharp', 'await session.SendContentAsync("Hi", turnComplete: true);'],
    [content, 'genai', 'await session.send_client_content(turns=[{"role": "user", "parts": [{"text": "Hi"}]}], turn_complete=True)'],
    [content, 'javascript', "session.sendClientContent({ turns: [{ role: 'user', parts: [{ text: 'Hi' }] }], turnComplete: true });"],
    [audio, 'csharp', 'await session.SendAudioAsync(pcm, 16_000);'],
    [audio, 'javascript', "session.sendRealtimeInput({ audio: { data: pcm.toString('base64'), mimeType: 'audio/pcm;rate=16000' } });"],
    [audio, 'genai', 'await session.send_realtime_input(audio={"data": pcm, "mime_type": "audio/pcm;rate=16000"})'],
    [response, 'csharp', 'await session.SendRawAsync(LiveCodec.DecodeRequest("""'],
    [response, 'genai', '"response": {"isOn": True}'],
    [{ realtimeInput: { audioStreamEnd: true } }, 'genai', 'await session.send_realtime_input(audio_stream_end=True)'],
    [{ realtimeInput: { activityStart: {} } }, 'csharp', 'await session.SendActivityStartAsync();'],
    [{ clientContent: { turnComplete: false } }, 'csharp', 'await session.InterruptAsync();'],
    [{ setup }, 'csharp', 'Model = "m",'],
    [{ setup }, 'javascript', "const session = await ai.live.connect({\n    model: 'm',"],
  ])('%j in %s', (message, language, code) => {
    expect(messageCode(message, language)).toContain(code);
    expect(messageCode(message, language)).not.toContain('secret-handle');
  });
});

describe('A session as code', () => {
  test('is a list of inputs, each after the answer before', () => {
    const { steps, results, pictures, words } = recipeOf(session);
    expect(steps).toEqual([
      { do: 'audio', from: 800, to: 2_200 },
      { do: 'send', message: { realtimeInput: { audioStreamEnd: true } } },
      { do: 'answer' },
      { do: 'send', message: { realtimeInput: { text: 'Tell me a "story"' } } },
      { do: 'answering', ms: 760 },
      { do: 'send', message: { realtimeInput: { text: 'Stop: it’s enough' } } },
      { do: 'answer' },
    ]);
    expect(results).toEqual({ roll_dice: [{ total: 5 }] });
    expect(pictures).toBe(1);
    expect([...words.keys()]).toEqual([0, 3, 5]);
  });

  test('push-to-talk keeps its activities', () => {
    const script = new Script().in(0, { setup }).in(1_000, { realtimeInput: { activityStart: {} } });
    for (let t = 1_020; t <= 2_000; t += 20) script.in(t, { realtimeInput: { audio: { mimeType: 'audio/pcm;rate=16000', data: 'AAAA' } } });
    script
      .in(2_010, { realtimeInput: { activityEnd: {} } })
      .said(2_500, 'Yes.')
      .done(2_600);
    expect(recipeOf(script.entries).steps.map((step) => (step.do === 'send' ? step.message.realtimeInput : step.do))).toEqual([
      { activityStart: {} },
      'audio',
      { activityEnd: {} },
      'answer',
    ]);
  });

  test.each(Object.keys(forms) as Form[])('in %s has every input, and no handle', (form) => {
    const code = codeOf(session, form, 'http://127.0.0.1:8080');
    for (const part of ['story', 'enough', 'roll_dice']) expect(code).toContain(part);
    expect(code).not.toContain('secret-handle');
    expect(code).not.toMatch(/undefined|\[object/);
  });

  const check = (program: string, args: string[], form: Form) => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-code-'));
    try {
      const path = join(folder, forms[form].file);
      writeFileSync(path, codeOf(session, form, 'http://127.0.0.1:8080'));
      execFileSync(program, [...args, path], { stdio: 'pipe', env: { ...process.env, PYTHONPYCACHEPREFIX: folder } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('JavaScript is well-formed', () => check(process.execPath, ['--check'], 'javascript'));

  test.skipIf(!existsSync('/usr/bin/python3')).each(['genai', 'websockets'] as const)('Python for %s is well-formed', (form) =>
    check('/usr/bin/python3', ['-m', 'py_compile'], form),
  );
});

test('a session as a scenario', () => {
  expect(scenario(session).split('\n').slice(2).join('\n')).toBe(`conversation:
  - user: { speech: { min: 0.5s } }  # roll "two" dice
    model:
      - call: roll_dice
        args: {"count":2}
        # expect: {"total":5}
      - say: "Five."
  - user: { text: "Tell me a \\"story\\"" }
    model:
      - say: "Once upon a time"
        pace: realTime  # It was interrupted.
  - user: { text: "Stop: it’s enough" }
    model:
      - say: "All right."
`);
});

test('a session without answers as a scenario', () => {
  expect(scenario(new Script().in(0, { setup }).entries)).toContain('No turn of this session was answered.');
});
