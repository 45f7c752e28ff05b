using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Server;
using Parley.Testing.Wire;

namespace Parley.Testing.Conformance.Defects;

/// <summary>A filter that changes messages as JSON. By default everything passes as it is.</summary>
internal class DefectFilter : IMessageFilter, IUpgradeFilter
{
    /// <summary>Changes a message of the server, and sends it or not.</summary>
    internal Action<JsonObject, Output>? OnServer { get; init; }

    /// <summary>Changes a message of the client, and sends it or not.</summary>
    internal Action<JsonObject, Output>? OnClient { get; init; }

    /// <summary>Path and query that are answered with 404.</summary>
    internal Func<string, bool>? Refuses { get; init; }

    /// <summary>Type of the messages of the server; null = as they are.</summary>
    internal System.Net.WebSockets.WebSocketMessageType? ServerType { get; init; }

    public int? Refuse(string target, IReadOnlyDictionary<string, string> headers) => Refuses?.Invoke(target) is true ? 404 : null;

    public void FromClient(WireMessage message, IMessageSink toServer) => Pass(message, toServer, OnClient);

    public void ToClient(WireMessage message, IMessageSink toClient) =>
        Pass(ServerType is { } type ? message with { Type = type } : message, toClient, OnServer);

    private static void Pass(WireMessage message, IMessageSink sink, Action<JsonObject, Output>? change)
    {
        if (change is not null && Parse(message) is { } json)
            change(json, new Output(message, sink));
        else
            sink.Send(message);
    }

    private static JsonObject? Parse(WireMessage message)
    {
        try
        {
            return JsonNode.Parse(message.Payload.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Where a message goes.</summary>
    internal sealed class Output(WireMessage message, IMessageSink sink)
    {
        /// <summary>Sends the message as it came.</summary>
        internal void Pass() => sink.Send(message);

        /// <summary>Sends a changed or another message.</summary>
        internal void Send(JsonNode json) => Send(json.ToJsonString());

        /// <inheritdoc cref="Send(JsonNode)"/>
        internal void Send(string json) => sink.Send(message with { Payload = Encoding.UTF8.GetBytes(json) });

        /// <summary>Answers the sender with a close.</summary>
        internal void CloseBack(int code, string reason) => sink.Back.Close(code, reason);
    }
}
