"""The control API of `parley emulator`: a space of its own for each test."""
import json
import os
import urllib.error
import urllib.request

ROOT = os.environ.get("PARLEY_EMULATOR_CONTROL")


class Space:
    def __init__(self, scenario):
        """scenario: the name of a file in scenarios/, or a scenario as a dict."""
        if not ROOT:
            raise RuntimeError("Run the tests with: parley emulator exec --scenario scenarios -- python3 -m unittest")
        space = _send("POST", ROOT + "/spaces", {"scenario": scenario})
        self.key, self._control = space["key"], space["control"]

    def add_fault(self, **fault):
        return _send("POST", self._control + "/faults", fault)

    def journal(self, has=None):
        """The journal; waits up to five seconds for an entry if has is given."""
        return _send("GET", self._control + "/journal" + (f"?has={has}&timeout=5s" if has else ""))

    def advance(self, time):
        return _send("POST", self._control + "/advance", {"time": time})

    def verify(self):
        """Raises AssertionError with the report if the scenario was not followed."""
        return _send("GET", self._control + "/verify")

    def end(self):
        _send("DELETE", self._control)


def _send(method, url, body=None):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            text = response.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        raise AssertionError(json.load(error)["error"]["message"]) from None
