"""The steps of the WebSocket guide with Python's websockets, with another host."""

import asyncio
import base64
import json
import os
import sys
import time
import wave
from pathlib import Path

try:
    import websockets
except ImportError:
    sys.exit("The Debian package python3-websockets is missing. Run ./test, which installs it.")

SERVER = os.environ.get("PARLEY_URL", "http://127.0.0.1:8080").replace("http", "ws", 1)
KEY = os.environ.get("PARLEY_KEY", "parley-dev")
URI = f"{SERVER}/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key={KEY}"
MODEL = "gemini-2.5-flash-native-audio-preview-12-2025"
REPOSITORY = Path(__file__).resolve().parents[3]
LONGEST_SECONDS = 90

CONFIG = {
    "model": f"models/{MODEL}",
    "responseModalities": ["AUDIO"],
    "systemInstruction": {"parts": [{"text": "You are a helpful assistant."}]},
    "inputAudioTranscription": {},
    "outputAudioTranscription": {},
    "tools": [{"functionDeclarations": [{
        "name": "turn_on_the_lights",
        "description": "Turns on the lights of a room.",
        "parameters": {"type": "OBJECT", "properties": {"room": {"type": "STRING"}}, "required": ["room"]},
    }]}],
}


class Turn:
    """The content of one turn of the server."""

    def __init__(self):
        self.audio = bytearray()
        self.audio_type = ""
        self.heard = ""
        self.said = ""
        self.complete = False

    def take(self, content):
        for part in content.get("modelTurn", {}).get("parts", []):
            if "inlineData" in part:
                self.audio += base64.b64decode(part["inlineData"]["data"])
                self.audio_type = part["inlineData"]["mimeType"]
        self.heard += content.get("inputTranscription", {}).get("text", "")
        self.said += content.get("outputTranscription", {}).get("text", "")
        self.complete = self.complete or content.get("turnComplete", False)


async def receive_answer(websocket, answer_call=None):
    """Reads to the end of a turn with audio; answers tool calls on the way."""
    turn = Turn()
    async for message in websocket:
        response = json.loads(message)
        turn.take(response.get("serverContent", {}))
        for call in response.get("toolCall", {}).get("functionCalls", []):
            await send(websocket, {"toolResponse": {"functionResponses": [
                {"id": call["id"], "name": call["name"], "response": answer_call(call)}]}})
        if turn.complete and turn.audio:
            return turn
        turn.complete = False
    raise RuntimeError("The server closed before the end of the turn")


async def send(websocket, message):
    await websocket.send(json.dumps(message))


async def ask(websocket, text, answer_call=None):
    await send(websocket, {"realtimeInput": {"text": text}})
    return await receive_answer(websocket, answer_call)


async def speak(websocket, pcm):
    start = time.monotonic()
    for at in range(0, len(pcm), 3200):
        chunk = base64.b64encode(pcm[at:at + 3200]).decode()
        await send(websocket, {"realtimeInput": {"audio": {"data": chunk, "mimeType": "audio/pcm;rate=16000"}}})
        await asyncio.sleep(max(0.0, start + (at + 3200) / 32000 - time.monotonic()))
    await send(websocket, {"realtimeInput": {"audioStreamEnd": True}})


def lights_on(call):
    if call["args"] != {"room": "kitchen"}:
        raise ValueError(f"The call came with {call['args']}")
    return {"result": "The lights are on"}


async def main():
    async with websockets.connect(URI) as websocket:
        await send(websocket, {"config": CONFIG})
        first = json.loads(await websocket.recv())
        if "setupComplete" not in first:
            raise RuntimeError(f"The first message was {first}")

        hello = await ask(websocket, "Hello!")
        print("text answer:", hello.said.strip())
        print("audio type:", hello.audio_type)

        with wave.open(str(REPOSITORY / "samples/audio/question.wav")) as recording:
            question = recording.readframes(recording.getnframes())
        speaking = asyncio.create_task(speak(websocket, question))
        spoken = await receive_answer(websocket)
        await speaking
        print("heard:", spoken.heard.strip())
        print("spoken answer:", spoken.said.strip())

        picture = (REPOSITORY / "tests/Parley.EndToEnd/media/picture.jpg").read_bytes()
        await send(websocket, {"realtimeInput": {"video": {
            "data": base64.b64encode(picture).decode(), "mimeType": "image/jpeg"}}})
        print("picture answer:", (await ask(websocket, "What do you see?")).said.strip())

        request = 'Call the function turn_on_the_lights with {"room":"kitchen"}'
        print("tool answer:", (await ask(websocket, request, lights_on)).said.strip())
        failed = await ask(websocket, request, lambda call: {"error": "The bulb is broken"})
        print("tool error answer:", failed.said.strip())

    try:
        async with websockets.connect(URI.replace(KEY, "not-a-key")) as websocket:
            await send(websocket, {"config": CONFIG})
            await websocket.recv()
        raise RuntimeError("A wrong key opened a session")
    except websockets.exceptions.ConnectionClosed as closed:
        print("wrong key:", closed.rcvd.code, closed.rcvd.reason)


asyncio.run(asyncio.wait_for(main(), LONGEST_SECONDS))
