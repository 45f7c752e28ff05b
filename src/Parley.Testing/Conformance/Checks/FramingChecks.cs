using System.Text;
using Parley.Testing.Conformance.Running;
using Parley.Testing.Conformance.Sockets;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Frames of RFC 6455 below the messages.</summary>
internal static class FramingChecks
{
    internal static void AddTo(CheckList list)
    {
        list.Area("framing", "2.1");
        list.Must("text-message", "Messages in text frames are accepted.", async probe => await probe.OpenAsync());
        list.Must("binary-message", "Messages in binary frames are accepted.", probe => InPartsAsync(probe, ProbeMessage.Binary, 1));
        list.Must("two-fragments", "A message in two frames is accepted.", probe => InPartsAsync(probe, ProbeMessage.Text, 2));
        list.Must("fragment-each-byte", "A message of one byte in each frame is accepted.", probe => InPartsAsync(probe, ProbeMessage.Text, int.MaxValue));
        list.Must("binary-fragments", "A binary message in several frames is accepted.", probe => InPartsAsync(probe, ProbeMessage.Binary, 5));
        list.Must("empty-fragments", "Empty frames inside a message are accepted.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync(default, ProbeMessage.Text, isLast: false);
            await line.SendAsync(Encoding.UTF8.GetBytes(probe.Run.Setup("")), 0, isLast: false);
            await line.SendAsync(default, 0);
            await line.UntilAsync(static message => message.Has("setupComplete"), "setupComplete");
        });
        list.Must("ping-between-fragments", "A ping between the frames of a message is answered, and the message is accepted.", async probe =>
        {
            var setup = Encoding.UTF8.GetBytes(probe.Run.Setup(""));
            var line = await probe.ConnectAsync();
            await line.SendAsync(setup.AsMemory(0, 8), ProbeMessage.Text, isLast: false);
            await line.SendAsync("between"u8.ToArray(), ProbeMessage.Ping);
            await line.SendAsync(setup.AsMemory(8), 0);
            await line.UntilAsync(static message => message.Opcode == ProbeMessage.Pong, "a pong");
            await line.UntilAsync(static message => message.Has("setupComplete"), "setupComplete");
        });
        list.Must("pong", "A ping is answered with a pong of the same bytes.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync("are you there?"u8.ToArray(), ProbeMessage.Ping);
            var pong = await line.UntilAsync(static message => message.Opcode == ProbeMessage.Pong, "a pong");
            probe.Require(pong.Payload.Span.SequenceEqual("are you there?"u8), "The pong has other bytes.");
        });
        list.Must("ping-before-setup", "A ping before the setup is answered.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync(new byte[125], ProbeMessage.Ping);
            await line.UntilAsync(static message => message.Opcode == ProbeMessage.Pong, "a pong");
            await line.SetUpAsync();
        });
        list.Must("unasked-pong", "A pong that nobody asked for is ignored.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync("hello"u8.ToArray(), ProbeMessage.Pong);
            await probe.ExpectAliveAsync(line, "a pong");
        });
        list.Must("server-frames", "Frames of the server are not masked, have no reserved bits, and continue messages in order.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(Prompts.Content(Prompts.Short));
            await line.TurnAsync();
            probe.Require(line.Violations.Count == 0, string.Join("; ", line.Violations));
        }, ConformanceNeeds.Answers);
        list.Should("binary-output", "The server sends messages in binary frames.", async probe =>
        {
            var line = await probe.ConnectAsync();
            var complete = await line.SetUpAsync();
            probe.Require(complete.Opcode == ProbeMessage.Binary, "setupComplete came in a text frame.");
        });
        list.Must("long-length", "A message with a length of 64 bits is accepted.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(SpeechSignal.Message(new byte[96_000]));
            await probe.ExpectAliveAsync(line, "a message of 128 KB");
        });
        list.Must("client-close", "A close of the client is answered with a close of the same code.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(new byte[] { 0x03, 0xE8 }, ProbeMessage.Close);
            var end = await line.EndAsync();
            probe.Require(end.CloseCode == 1000, $"Expected close 1000; got {end}.");
        });
        list.Must("client-close-without-code", "A close without a code is answered.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(default, ProbeMessage.Close);
            probe.Require((await line.EndAsync()).Opcode == ProbeMessage.Close, "The connection ended without a close.");
        });
        list.Must("invalid-utf8", "A text message that is not UTF-8 closes with 1007.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(new byte[] { 0x7B, 0xFF, 0x7D }, ProbeMessage.Text);
            await line.ExpectCloseAsync(1007);
        });
        Violation(list, "reserved-bits", "A frame with reserved bits", line => line.SendAsync("{}"u8.ToArray(), ProbeMessage.Text, reserved: 0x40));
        Violation(list, "unknown-opcode", "A frame with an unknown opcode", line => line.SendAsync("{}"u8.ToArray(), 3));
        Violation(list, "unmasked", "A frame without a mask", line => line.SendRawAsync(new byte[] { 0x81, 0x02, (byte)'{', (byte)'}' }));
        Violation(list, "long-ping", "A ping of more than 125 bytes", line => line.SendAsync(new byte[126], ProbeMessage.Ping));
        Violation(list, "fragmented-ping", "A ping in several frames", line => line.SendAsync(new byte[2], ProbeMessage.Ping, isLast: false));
        Violation(list, "stray-continuation", "A continuation without a message", line => line.SendAsync("{}"u8.ToArray(), 0));
        Violation(list, "nested-message", "A message inside another", async line =>
        {
            await line.SendAsync("{"u8.ToArray(), ProbeMessage.Text, isLast: false);
            await line.SendAsync("{}"u8.ToArray(), ProbeMessage.Text);
        });
        Violation(list, "one-byte-close", "A close with half a code", line => line.SendAsync(new byte[] { 0x03 }, ProbeMessage.Close));
        list.Must("two-in-one", "Two messages in one packet are both handled.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync("one"u8.ToArray(), ProbeMessage.Ping);
            await line.SendAsync("two"u8.ToArray(), ProbeMessage.Ping);
            await line.UntilAsync(static message => message.Opcode == ProbeMessage.Pong && message.Payload.Span.SequenceEqual("two"u8), "both pongs");
        });
    }

    // RFC 6455: 1002, or the connection fails without a close.
    private static void Violation(CheckList list, string name, string what, Func<ProbeLine, Task> send) =>
        list.Must(name, $"{what} ends the connection, with 1002 if with a close.", async probe =>
        {
            var line = await probe.OpenAsync();
            await send(line);
            var end = await line.EndAsync();
            probe.Require(end.CloseCode is null or 1002, $"Expected close 1002; got {end}.");
        });

    private static async Task InPartsAsync(Probe probe, int opcode, int parts)
    {
        var setup = Encoding.UTF8.GetBytes(probe.Run.Setup(""));
        var size = Math.Max(1, setup.Length / Math.Min(parts, setup.Length));
        var line = await probe.ConnectAsync();
        for (var at = 0; at < setup.Length; at += size)
        {
            var isLast = at + size >= setup.Length;
            await line.SendAsync(setup.AsMemory(at, Math.Min(size, setup.Length - at)), at == 0 ? opcode : 0, isLast);
        }
        await line.UntilAsync(static message => message.Has("setupComplete"), "setupComplete");
    }
}
