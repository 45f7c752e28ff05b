"""What the official Python SDK (google-genai 2.19) sends, on Debian's websockets: wss: only, its context, its headers, its paths."""

import asyncio
import json
import os
import re
import ssl
import sys
import urllib.request
from pathlib import Path

try:
    import websockets
except ImportError:
    sys.exit("The Debian package python3-websockets is missing. Run ./test, which installs it.")

GEMINI = "/ws/google.ai.generativelanguage.%s.GenerativeService.%s"
VERTEX = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
BASE = os.environ["GOOGLE_GEMINI_BASE_URL"]
KEY = os.environ["GEMINI_API_KEY"]
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "scenarios.md"

# The roots of the SDK, and as strict as Python 3.13 is by default.
CONTEXT = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"], capath=os.environ.get("SSL_CERT_DIR"))
CONTEXT.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN


async def ask(path, model, **headers):
    """Opens a session as the SDK does and returns the words of one answer."""
    headers = {"Content-Type": "application/json", "x-goog-api-client": "google-genai-sdk/2.19.0 gl-python/3.13", **headers}
    uri = re.sub("^[a-z]+:", "wss:", BASE) + path
    async with websockets.connect(uri, ssl=CONTEXT, extra_headers=headers, max_size=None) as socket:
        await socket.send(json.dumps({"setup": {"model": model, "generationConfig": {"responseModalities": ["AUDIO"]}, "outputAudioTranscription": {}}}))
        assert "setupComplete" in json.loads(await socket.recv())
        await socket.send(json.dumps({"client_content": {"turns": [{"role": "user", "parts": [{"text": "lamp"}]}], "turn_complete": True}}))
        said = ""
        while True:
            content = json.loads(await socket.recv()).get("serverContent", {})
            said += content.get("outputTranscription", {}).get("text", "")
            if content.get("turnComplete"):
                return said


def token():
    request = urllib.request.Request(BASE + "/v1alpha/auth_tokens", b"{}", {"Content-Type": "application/json", "x-goog-api-key": KEY}, method="POST")
    with urllib.request.urlopen(request, context=CONTEXT) as response:
        return json.load(response)["name"]


async def main():
    print("key:", await ask(GEMINI % ("v1beta", "BidiGenerateContent"), "models/gemini-3.8-live", **{"x-goog-api-key": KEY}))
    # The SDK sends a token in both headers.
    name = token()
    print("token:", await ask(GEMINI % ("v1alpha", "BidiGenerateContentConstrained"), "models/gemini-3.8-live", **{"x-goog-api-key": name, "Authorization": f"Token {name}"}))
    vertex = "publishers/google/models/gemini-live-2.5-flash-native-audio"
    print("vertex key:", await ask(VERTEX, vertex, **{"x-goog-api-key": KEY}))
    print("vertex bearer:", await ask(VERTEX, f"projects/p/locations/l/{vertex}", Authorization=f"Bearer {KEY}"))
    snippets = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.S)
    for snippet in snippets:
        compile(snippet, str(DOCUMENT), "exec")
    print("snippets:", len(snippets))


asyncio.run(main())
