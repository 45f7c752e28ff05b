using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>A <see cref="LiveClient"/> that does what the client of a recorded connection did.</summary>
internal static class RecordedClient
{
    /// <summary>Opens a session with the recorded setup, sends the recorded messages when their causes have come, and waits for everything the server sent.</summary>
    /// <param name="server">The server that plays the cassette.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="change">Changes a message before it is sent; null = as recorded.</param>
    internal static async Task<(SessionEnd? End, IReadOnlyList<byte[]> Received)> RunAsync(LiveTestServer server, CassetteConnection connection, Func<JsonObject, JsonObject>? change = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var observer = new Observer();
        var client = server.CreateClient(options => (options.MessageObserver, options.Preflight) = (observer, PreflightMode.Off));
        var sent = connection.Entries.Where(static entry => entry.Direction == Parley.Server.LiveDirection.FromClient && entry.CloseCode is null && !entry.IsLost).ToList();
        var expected = connection.Entries.Count(static entry => entry.Direction == Parley.Server.LiveDirection.ToClient && entry.CloseCode is null && !entry.IsLost);
        await using var session = await client.ConnectAsync(SetupOf(Json(server, sent[0], change)), cancellation);
        var reading = ReadAsync(session);
        foreach (var entry in sent.Skip(1))
        {
            await observer.CountAsync(Math.Max(1, entry.After));
            var message = LiveCodec.DecodeRequest(JsonSerializer.SerializeToUtf8Bytes(Json(server, entry, change)));
            try
            {
                await session.SendRawAsync(message, cancellation);
            }
            catch (LiveSessionException)
            {
                return (await session.Completion, observer.Received);
            }
        }
        if (change is null)
        {
            await observer.CountAsync(expected);
            await session.CloseAsync();
        }
        await Expect.WithinAsync(reading, "the session ends", cancellation);
        return (await session.Completion, observer.Received);
    }

    internal static LiveSetup SetupOf(JsonObject first)
    {
        var setup = (JsonObject)first["setup"]!.DeepClone();
        var model = (string?)setup["model"];
        // What the client would add by itself.
        foreach (var member in new LiveSetup { Model = model }.ToWireJson().Select(static member => member.Key).Append("sessionResumption").Where(name => !setup.ContainsKey(name)))
            setup[member] = null;
        return new LiveSetup { Model = model, Overrides = setup };
    }

    private static JsonObject Json(LiveTestServer server, CassetteEntry entry, Func<JsonObject, JsonObject>? change)
    {
        var json = JsonNode.Parse(server.Cassette!.PayloadOf(entry).Span)!.AsObject();
        return change?.Invoke(json) ?? json;
    }

    private static async Task ReadAsync(LiveSession session)
    {
        await foreach (var _ in session.ReadAllAsync(CancellationToken.None))
        {
        }
    }

    private sealed class Observer : ILiveMessageObserver
    {
        private readonly EventLog<byte[]> _received = new();

        internal IReadOnlyList<byte[]> Received => _received.Snapshot;

        void ILiveMessageObserver.Sent(ReadOnlySpan<byte> message)
        {
        }

        void ILiveMessageObserver.Received(ReadOnlySpan<byte> message) => _received.Add(message.ToArray());

        internal Task CountAsync(int count)
        {
            var seen = 0;
            return count == 0 ? Task.CompletedTask : _received.FirstAsync(_ => ++seen == count, $"{count} messages of the server", TestContext.Current.CancellationToken);
        }
    }
}
