import asyncio
import math
import struct
import unittest

from concierge import CallEnded, Concierge
from emulator import Space

# One second of a loud tone, which the server takes for speech.
TONE = struct.pack("<16000h", *(int(12_000 * math.sin(i * 0.2)) for i in range(16_000)))


class ConciergeTest(unittest.IsolatedAsyncioTestCase):
    async def call(self, scenario, **functions):
        space = Space(scenario)
        self.addCleanup(space.end)
        concierge = Concierge(functions, key=space.key)
        await concierge.open()
        self.addAsyncCleanup(concierge.close)
        return space, concierge

    async def test_runs_the_function_of_the_model(self):
        space, concierge = await self.call("lamp", set_lamp=lambda room: {"result": f"{room} is on"})

        self.assertEqual(await concierge.ask("Turn on the lamp"), "The lamp is on.")

        journal = space.journal()
        self.assertEqual(journal["texts"], ["Turn on the lamp"])
        self.assertEqual(journal["toolResponses"], [{"name": "set_lamp", "response": {"result": "kitchen is on"}}])
        space.verify()

    async def test_an_unexpected_turn_is_reported(self):
        space, concierge = await self.call("lamp")

        with self.assertRaisesRegex(CallEnded, "1011 No rule of the scenario matches"):
            await concierge.ask("Open the door")
        with self.assertRaisesRegex(AssertionError, 'text that contains "lamp": the text was "Open the door"'):
            space.verify()

    async def test_stops_when_the_user_interrupts(self):
        space, concierge = await self.call("story")

        story = asyncio.create_task(concierge.ask("Tell me a story"))
        await asyncio.to_thread(space.journal, "serverContent.modelTurn")
        await concierge.hear(TONE)
        await story

        self.assertEqual(concierge.interruptions, 1)
        self.assertAlmostEqual(space.journal()["audioSeconds"], 1.0)

    async def test_goes_on_in_a_new_session_after_goAway(self):
        space, concierge = await self.call("leaving")

        await concierge.ask("Remember the number seven")
        self.assertEqual(await concierge.ask("Which number?"), "Seven.")

        self.assertEqual(space.journal()["connections"], 2)
        self.assertEqual(space.journal("setup.sessionResumption.handle")["entries"][0]["connection"], 2)
        space.verify()

    async def test_tells_when_the_server_breaks(self):
        space, concierge = await self.call("story")
        space.add_fault(point="midAnswer", chunks=3, action="close", code=1011, reason="Internal error encountered.")

        with self.assertRaisesRegex(CallEnded, "1011 Internal error encountered."):
            await concierge.ask("Tell me a story")

    async def test_refused_connection_is_an_error(self):
        space = Space("lamp")
        self.addCleanup(space.end)
        space.add_fault(point="connect", action="refuseHttp", status=503)

        with self.assertRaisesRegex(Exception, "503"):
            await Concierge({}, key=space.key).open()


if __name__ == "__main__":
    unittest.main()
