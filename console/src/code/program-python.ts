import { python, snakeCase } from './literals';
import { messageCode } from './message';
import { sdkConfig, withoutHandle } from './setup';
import type { Recipe, Step } from './steps';
import { comments, hasAudio, wordsAt } from './words';

/** A program with the official SDK. */
export function genaiProgram(recipe: Recipe, server: string): string {
  const { model, config, left } = sdkConfig(recipe.setup);
  return `${comments(recipe, '#', 'pip install google-genai, then: python session.py')}
${imports(recipe, ['from google import genai'])}
client = genai.Client(
    api_key=os.environ.get("GEMINI_API_KEY", "parley-dev"),
    http_options={"base_url": os.environ.get("GOOGLE_GEMINI_BASE_URL", ${python(server)})},
)

MODEL = ${python(model)}
${left.length > 0 ? `# Without ${left.join(', ')}, which the SDK does not send.\n` : ''}CONFIG = ${python(snakeCase(config))}

# What the functions returned in the session.
RESULTS = ${python(recipe.results)}


class Answers:
    """What the model says: prints it, and answers its function calls."""

    def __init__(self, session):
        self.session = session
${state}
    async def read(self):
        while True:
            async for message in self.session.receive():
                await self.take(message)

    async def take(self, message):
        if message.tool_call:
            self.calls = True
            await self.session.send_tool_response(function_responses=[
                {"id": call.id, "name": call.name, "response": result(call.name)} for call in message.tool_call.function_calls
            ])
        content = message.server_content
        if content and (content.model_turn or content.output_transcription):
            self.speaks, self.calls = True, False
            print(content.output_transcription.text or "" if content.output_transcription else "", end="", flush=True)
        if content and content.interrupted:
            self.speaks = False
            print(" (interrupted)")
        if content and content.turn_complete:
            self.complete()
        self.changed.set()
${waits}

async def main():
    async with client.aio.live.connect(model=MODEL, config=CONFIG) as session:
        answers = Answers(session)
        reader = asyncio.create_task(answers.read())
${steps(recipe, 'session', (message) => messageCode(message, 'genai'))}
        reader.cancel()


${tail(recipe, 'await session.send_realtime_input(audio={"data": chunk, "mime_type": "audio/pcm;rate=16000"})', 'session')}`;
}

/** A program on a plain WebSocket. */
export function websocketsProgram(recipe: Recipe, server: string): string {
  return `${comments(recipe, '#', 'pip install websockets, then: python session_websockets.py')}
${imports(recipe, ['import websockets'], ['base64', 'json'])}
SERVER = os.environ.get("GOOGLE_GEMINI_BASE_URL", ${python(server)}).replace("http", "ws", 1).rstrip("/")
KEY = os.environ.get("GEMINI_API_KEY", "parley-dev")
URL = f"{SERVER}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key={KEY}"

SETUP = ${python(withoutHandle(recipe.setup))}

# What the functions returned in the session.
RESULTS = ${python(recipe.results)}


class Answers:
    """What the model says: prints it, and answers its function calls."""

    def __init__(self, websocket):
        self.websocket = websocket
${state}
    async def read(self):
        async for raw in self.websocket:
            await self.take(json.loads(raw))

    async def take(self, message):
        calls = message.get("toolCall", {}).get("functionCalls", [])
        if calls:
            self.calls = True
            responses = [{"id": call["id"], "name": call["name"], "response": result(call["name"])} for call in calls]
            await self.websocket.send(json.dumps({"toolResponse": {"functionResponses": responses}}))
        content = message.get("serverContent", {})
        if "modelTurn" in content or "outputTranscription" in content:
            self.speaks, self.calls = True, False
            print(content.get("outputTranscription", {}).get("text", ""), end="", flush=True)
        if content.get("interrupted"):
            self.speaks = False
            print(" (interrupted)")
        if content.get("turnComplete"):
            self.complete()
        self.changed.set()
${waits}

async def main():
    async with websockets.connect(URL, max_size=None) as websocket:
        await websocket.send(json.dumps({"setup": SETUP}))
        if "setupComplete" not in json.loads(await websocket.recv()):
            sys.exit("The server did not accept the setup.")
        answers = Answers(websocket)
        reader = asyncio.create_task(answers.read())
${steps(recipe, 'websocket', (message) => messageCode(message, 'websockets'))}
        reader.cancel()


${tail(
  recipe,
  'data = base64.b64encode(chunk).decode()\n        await websocket.send(json.dumps({"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=16000", "data": data}}}))',
  'websocket',
)}`;
}

function imports(recipe: Recipe, own: string[], more: string[] = []): string {
  const standard = ['asyncio', 'os', 'sys', ...more, ...(hasAudio(recipe) ? ['wave'] : [])].sort();
  return `${standard.map((name) => `import ${name}`).join('\n')}\n\n${own.join('\n')}\n`;
}

const state = `        self.speaks = False  # whether the model has begun to answer
        self.calls = False  # whether it waits for a function
        self.ended = False  # whether it has ended its turn
        self.changed = asyncio.Event()
`;

const waits = `
    def complete(self):
        if self.speaks and not self.calls:
            self.speaks, self.ended = False, True
            print()

    async def until(self, condition):
        while not condition():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 30)

    async def answer(self):
        """Waits for the end of the answer."""
        await self.until(lambda: self.ended)
        self.ended = False

    async def answering(self, seconds):
        """Waits until the model answers, and some seconds more."""
        await self.until(lambda: self.speaks or self.ended)
        await asyncio.sleep(seconds)
        self.ended = False


def result(name):
    """What a function returned in the session, in the order of its calls."""
    known = RESULTS.get(name)
    return known.pop(0) if known else {}
`;

function steps(recipe: Recipe, source: string, send: (message: Extract<Step, { do: 'send' }>['message']) => string): string {
  const indent = '        ';
  const line = (step: Step): string => {
    switch (step.do) {
      case 'send':
        return send(step.message);
      case 'audio':
        return `await speak(${source}, ${step.from}, ${step.to})`;
      case 'answer':
        return 'await answers.answer()';
      case 'answering':
        return `await answers.answering(${step.ms / 1000})`;
    }
  };
  const lines = recipe.steps.map((step, index) => {
    const code = line(step).split('\n').join(`\n${indent}`);
    return wordsAt(recipe, index, '#', indent) + indent + code;
  });
  return lines.length > 0 ? lines.join('\n') : `${indent}pass`;
}

function tail(recipe: Recipe, send: string, source: string): string {
  const speak = hasAudio(recipe)
    ? `async def speak(${source}, start, end):
    """Speaks a part of the recording, in milliseconds, at the speed of speech."""
    with wave.open("user.wav") as file:
        recording = file.readframes(file.getnframes())
    for at in range(start * 32, end * 32, 640):
        chunk = recording[at:min(at + 640, end * 32)]
        ${send}
        await asyncio.sleep(0.02)


`
    : '';
  return `${speak}asyncio.run(main())\n`;
}
