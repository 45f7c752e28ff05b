using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing;

/// <summary>One message, or the close, of a connection.</summary>
/// <param name="Connection">Number of the connection, from 1.</param>
/// <param name="Time">Time since the server started, on its clock.</param>
/// <param name="Direction">Who sent it.</param>
/// <param name="Type">Text, binary or close.</param>
/// <param name="Payload">The bytes; empty for a close.</param>
public sealed record JournalEntry(int Connection, TimeSpan Time, LiveDirection Direction, WebSocketMessageType Type, ReadOnlyMemory<byte> Payload)
{
    private readonly Lazy<LiveSessionRequest?> _request = new(() => Decode(Direction == LiveDirection.FromClient, Type, Payload, static bytes => LiveCodec.DecodeRequest(bytes)));
    private readonly Lazy<LiveSessionResponse?> _response = new(() => Decode(Direction == LiveDirection.ToClient, Type, Payload, static bytes => LiveCodec.DecodeResponse(bytes)));

    private delegate T Decoder<out T>(ReadOnlySpan<byte> bytes);

    /// <summary>The message of the client; null if it is another, or not a message of the protocol.</summary>
    public LiveSessionRequest? Request => _request.Value;

    /// <summary>The message of the server; null if it is another, or not a message of the protocol.</summary>
    public LiveSessionResponse? Response => _response.Value;

    /// <summary>Code of a close; 1005 if it had none. Null for a message.</summary>
    public int? CloseCode { get; init; }

    /// <summary>Reason of a close; null for a message.</summary>
    public string? CloseReason { get; init; }

    /// <summary>Time, direction and the message with its media shortened.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Time.TotalSeconds,9:0.000} s  {(Direction == LiveDirection.FromClient ? "client" : "server")} #{Connection}  {(CloseCode is { } code ? $"close {code} {CloseReason}" : Shorten(Encoding.UTF8.GetString(Payload.Span)))}");

    private static string Shorten(string json) => json.Length <= 300 ? json : $"{json[..240]}… ({json.Length} characters)";

    private static T? Decode<T>(bool isIts, WebSocketMessageType type, ReadOnlyMemory<byte> payload, Decoder<T> decode)
        where T : class
    {
        if (!isIts || type == WebSocketMessageType.Close)
            return null;
        try
        {
            return decode(payload.Span);
        }
        catch (LiveProtocolException)
        {
            return null;
        }
    }
}
