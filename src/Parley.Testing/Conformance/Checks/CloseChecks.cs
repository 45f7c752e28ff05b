using System.Text;
using Parley.Testing.Conformance.Running;
using Parley.Testing.Conformance.Sockets;

namespace Parley.Testing.Conformance.Checks;

/// <summary>How a connection ends, and what the end of one leaves behind.</summary>
internal static class CloseChecks
{
    internal static void AddTo(CheckList list)
    {
        list.Area("closes", "2.1");
        list.Must("reason-length", "A reason has at most 123 bytes, even where it names a long member.", async probe =>
        {
            var end = await RefusedAsync(probe, $"\"{new string('x', 500)}\":1");
            probe.Require(end.Payload.Length is > 2 and <= 125, $"The reason has {end.Payload.Length - 2} bytes.");
        });
        list.Must("reason-utf8", "A cut reason is UTF-8, cut between characters.", async probe =>
        {
            var end = await RefusedAsync(probe, $"\"{new string('ż', 200)}\":1");
            probe.Require(end.Payload.Length > 2 && IsUtf8(end.Payload.Span[2..]), "The reason is not UTF-8.");
        });
        list.Must("has-code", "A refusal has a close code, not the end of the connection alone.", async probe =>
            probe.Require((await RefusedAsync(probe, "\"hello\":1")).CloseCode is not null, "There is none."));
        list.Must("has-reason", "A refusal has a reason.", async probe => probe.Require((await RefusedAsync(probe, "\"hello\":1")).CloseReason.Length > 0, "There is none."));
        list.In("12").Must("code-range", "The code of a refusal is one of 1007, 1008, 1009 and 1011.", async probe =>
        {
            var end = await RefusedAsync(probe, "\"generationConfig\":{\"temperature\":[]}");
            probe.Require(end.CloseCode is 1007 or 1008 or 1009 or 1011, $"It is {end.CloseCode}.");
        });
        list.In("5.10").Must("no-error-message", "A failure closes; there is no message with an error.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync("""{"hello":{}}""");
            await line.EndAsync();
            probe.Require(!line.Taken.Exists(static message => message.Has("error") || message.Has("code")), "There is one.");
        });
        list.In("6.9");
        list.Must("going-away", "A close of the client with 1001 is answered.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(new byte[] { 0x03, 0xE9 }, ProbeMessage.Close);
            probe.Require((await line.EndAsync()).Opcode == ProbeMessage.Close, "The connection ended without a close.");
        });
        list.Must("close-with-reason", "A close of the client with a reason is answered.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(new byte[] { 0x03, 0xE8, (byte)'b', (byte)'y', (byte)'e' }, ProbeMessage.Close);
            probe.Require((await line.EndAsync()).CloseCode == 1000, "The answer has another code.");
        });
        list.Must("close-before-setup", "A client may close before its setup.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync(new byte[] { 0x03, 0xE8 }, ProbeMessage.Close);
            probe.Require((await line.EndAsync()).Opcode == ProbeMessage.Close, "The connection ended without a close.");
        });
        list.Must("close-in-answer", "A client may close during an answer.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(Prompts.Content(Prompts.Long));
            await line.UntilAsync(static message => Recording.PartsOf(message).Any(), "the beginning of an answer");
            await line.SendAsync(new byte[] { 0x03, 0xE8 }, ProbeMessage.Close);
            probe.Require((await line.EndAsync()).CloseCode == 1000, "The answer has another code.");
        }, ConformanceNeeds.Answers);
        list.In("9.1");
        list.Must("lost-client", "A client that vanishes disturbs nobody.", async probe =>
        {
            var other = await probe.OpenAsync();
            var lost = await probe.OpenAsync();
            await lost.SendAsync("{\"realtimeInput\":"u8.ToArray(), ProbeMessage.Text, isLast: false);
            await lost.DisposeAsync();
            await probe.ExpectAliveAsync(other, "the loss of another client");
        });
        list.Must("many-sessions", "Twenty sessions are open at the same time.", async probe =>
        {
            var lines = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => probe.OpenAsync()));
            foreach (var line in lines)
                await probe.ExpectAliveAsync(line, "nineteen other sessions");
        });
        list.Must("idle-before-setup", "A connection without a setup is kept for at least a second.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, probe.Cancellation);
            await line.SetUpAsync();
        });
        list.Must("new-session-after-refusal", "After a refusal the same client opens a session.", async probe =>
        {
            await RefusedAsync(probe, "\"hello\":1");
            await probe.OpenAsync();
        });
    }

    private static async Task<ProbeMessage> RefusedAsync(Probe probe, string members)
    {
        var line = await probe.ConnectAsync();
        await line.SendAsync(probe.Run.Setup(members));
        return await line.EndAsync();
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
