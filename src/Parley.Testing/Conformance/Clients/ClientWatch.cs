using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Server;
using Parley.Testing.Conformance.Running;
using Parley.Testing.Wire;

namespace Parley.Testing.Conformance.Clients;

/// <summary>A message of a run.</summary>
/// <param name="Connection">Number of the connection, from 1.</param>
/// <param name="IsClient">Whether the client sent it.</param>
/// <param name="Json">The message; null if it is not a JSON object.</param>
/// <param name="At">When, since the start of the client.</param>
internal sealed record ClientMessage(int Connection, bool IsClient, JsonObject? Json, TimeSpan At);

/// <summary>Sees the messages of all connections of a run, and lets the script of the case change them.</summary>
internal sealed class ClientWatch(ClientScript script, Transcript transcript)
{
    /// <summary>Stands for the first function that the client declares.</summary>
    internal const string Function = "conformance_function";

    private static readonly TimeSpan BeforeEnd = TimeSpan.FromMilliseconds(700);

    private readonly Lock _gate = new();
    private readonly List<ClientMessage> _messages = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private string? _function;

    internal IReadOnlyList<ClientMessage> Messages
    {
        get
        {
            lock (_gate)
                return [.. _messages];
        }
    }

    internal IMessageFilter CreateFilter(int connection) => new Filter(this, connection);

    internal static IEnumerable<string> FunctionsOf(JsonObject? message) => Items(message?["setup"]?["tools"])
        .SelectMany(static tool => Items((tool as JsonObject)?["functionDeclarations"] ?? (tool as JsonObject)?["function_declarations"]))
        .Select(static function => function?["name"]?.GetValue<string>()).OfType<string>();

    private static JsonNode?[] Items(JsonNode? list) => list switch { JsonArray array => [.. array], null => [], _ => [list] };

    private Wire Note(WireMessage message, IMessageSink sink, int connection, bool isClient)
    {
        var text = Encoding.UTF8.GetString(message.Payload.Span);
        JsonObject? json = null;
        try
        {
            json = JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            // Noted as it is; the server answers.
        }
        lock (_gate)
        {
            _function ??= isClient ? FunctionsOf(json).FirstOrDefault() : null;
            _messages.Add(new(connection, isClient, json, Stopwatch.GetElapsedTime(_started)));
        }
        transcript.Add(connection, isClient ? 'C' : 'S', text);
        return new(this, message, json, sink, connection);
    }

    private sealed class Filter(ClientWatch watch, int connection) : IMessageFilter
    {
        public void FromClient(WireMessage message, IMessageSink toServer)
        {
            var wire = watch.Note(message, toServer, connection, isClient: true);
            if (watch.Script.OnClient?.Invoke(wire) is not true)
                toServer.Send(message);
        }

        public void ToClient(WireMessage message, IMessageSink toClient)
        {
            var text = Encoding.UTF8.GetString(message.Payload.Span);
            if (watch._function is { } function && text.Contains(Function, StringComparison.Ordinal))
                message = message with { Payload = Encoding.UTF8.GetBytes(text.Replace(Function, function, StringComparison.Ordinal)) };
            var wire = watch.Note(message, toClient, connection, isClient: false);
            if (watch.Script.OnServer is { } change)
                change(wire);
            else
                toClient.Send(message);
            if (watch.Script.EndsAfterTurn && wire.Json?["serverContent"]?["turnComplete"] is not null)
                wire.CloseLater(BeforeEnd, 1000, "");
        }
    }

    private ClientScript Script => script;

    /// <summary>A message on its way.</summary>
    internal sealed class Wire(ClientWatch watch, WireMessage message, JsonObject? json, IMessageSink sink, int connection)
    {
        internal JsonObject? Json => json;

        internal int Connection => connection;

        internal void Pass() => sink.Send(message);

        /// <summary>Sends another message in the same direction, which is noted, too.</summary>
        internal void Send(string text) => Send(message with { Payload = Encoding.UTF8.GetBytes(text) });

        internal void SendText(string text) => Send(new WireMessage(Encoding.UTF8.GetBytes(text), System.Net.WebSockets.WebSocketMessageType.Text));

        /// <summary>Closes the connection of the client.</summary>
        internal void CloseClient(int code, string reason)
        {
            watch.NoteClose(connection, code, reason);
            sink.Back.Close(code, reason);
        }

        internal void CloseLater(TimeSpan time, int code, string reason) => Later(time, () =>
        {
            watch.NoteClose(connection, code, reason);
            sink.Close(code, reason);
        });

        internal void PassLater(TimeSpan time) => Later(time, Pass);

        internal void Cut() => sink.Cut();

        private void Send(WireMessage other)
        {
            watch.Note(other, sink, connection, isClient: false);
            sink.Send(other);
        }

        private static void Later(TimeSpan time, Action action) =>
            _ = Task.Delay(time, TimeProvider.System).ContinueWith(_ => action(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void NoteClose(int connection, int code, string reason) => transcript.Add(connection, 'S', $"close {code} \"{reason}\"");
}
