"""A voice feature on a plain WebSocket: asks a model, runs its functions, and goes on after goAway. It knows nothing of the tests."""
import asyncio
import base64
import json
import os

import websockets

PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
LAMP = {"name": "set_lamp", "parameters": {"type": "OBJECT", "properties": {"room": {"type": "STRING"}}}}


class CallEnded(Exception):
    """The server closed the call."""


class Concierge:
    def __init__(self, functions, key=None, server=None):
        self._functions = functions
        self._key = key or os.environ["GEMINI_API_KEY"]
        self._server = server or os.environ["GOOGLE_GEMINI_BASE_URL"]
        self._socket = None
        self._handle = None
        self.audio_bytes = 0
        self.interruptions = 0

    async def open(self):
        url = self._server.replace("http", "ws", 1) + PATH + "?key=" + self._key
        self._socket = await websockets.connect(url, max_size=None)
        resumption = {"handle": self._handle} if self._handle else {}
        await self._send({"setup": {
            "model": "models/gemini-3.1-flash-live-preview", "outputAudioTranscription": {}, "sessionResumption": resumption,
            "tools": [{"functionDeclarations": [LAMP]}]}})
        await self._receive()

    async def close(self):
        await self._socket.close()

    async def hear(self, pcm):
        """Sends audio of the microphone: 16 kHz PCM."""
        await self._send({"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(pcm).decode()}}})

    async def ask(self, text):
        """Asks in text and returns the words of the answer."""
        await self._send({"clientContent": {"turns": [{"role": "user", "parts": [{"text": text}]}], "turnComplete": True}})
        said, leaving = "", False
        while True:
            message = await self._receive()
            content = message.get("serverContent", {})
            said += content.get("outputTranscription", {}).get("text", "")
            for part in content.get("modelTurn", {}).get("parts", []):
                self.audio_bytes += len(base64.b64decode(part.get("inlineData", {}).get("data", "")))
            if content.get("interrupted"):
                self.interruptions += 1
            leaving |= "goAway" in message
            for call in message.get("toolCall", {}).get("functionCalls", []):
                response = self._functions[call["name"]](**call.get("args", {}))
                await self._send({"toolResponse": {"functionResponses": [{"id": call["id"], "name": call["name"], "response": response}]}})
            if content.get("turnComplete"):
                if leaving:
                    await self._replace()
                return said

    async def _replace(self):
        old = self._socket
        # While the model speaks there is no handle: the server sends one after the turn.
        while not self._handle:
            await self._receive()
        await self.open()
        await old.close()

    async def _send(self, message):
        await self._socket.send(json.dumps(message))

    async def _receive(self):
        try:
            message = json.loads(await asyncio.wait_for(self._socket.recv(), 10))
            if "sessionResumptionUpdate" in message:
                self._handle = message["sessionResumptionUpdate"].get("newHandle")
            return message
        except websockets.ConnectionClosed as closed:
            raise CallEnded(f"{closed.code} {closed.reason}") from closed
