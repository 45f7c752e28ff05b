using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Relay;

/// <summary>
/// The setup that is sent upstream, each time with the current handle. Unless a token or policy changed it, it is the client's message byte for byte,
/// except that <c>"sessionResumption":{…},</c> is inserted if the client has none, and that the value of <c>handle</c> is the upstream's.
/// </summary>
internal sealed class RelayedSetup
{
    private readonly byte[] _message;
    private readonly Place _place;

    private RelayedSetup(byte[] message, WebSocketMessageType type) => (_message, Type, _place) = (message, type, Place.Find(message));

    internal WebSocketMessageType Type { get; }

    /// <summary>From the client's message.</summary>
    internal static RelayedSetup Of(ReadOnlySpan<byte> message, WebSocketMessageType type) => new(message.ToArray(), type);

    /// <summary>From a setup that a token or a policy changed, or that came in the guide's form: encoded again.</summary>
    internal static RelayedSetup Of(Setup setup)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        LiveCodec.Encode(new LiveSessionRequest { Setup = setup with { SessionResumption = setup.SessionResumption is { } resumption ? resumption with { Handle = null } : null } }, output);
        return new RelayedSetup(output.WrittenSpan.ToArray(), WebSocketMessageType.Text);
    }

    /// <summary>A reader behind the bracket that opens the setup of a message.</summary>
    /// <exception cref="LiveCloseException">The message has none.</exception>
    internal static Utf8JsonReader Enter(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSetup = reader.ValueTextEquals("setup"u8);
            reader.Read();
            if (isSetup && reader.TokenType == JsonTokenType.StartObject)
                return reader;
            reader.Skip();
        }
        throw new LiveCloseException(LiveClose.SetupFirst);
    }

    /// <summary>The message to send.</summary>
    /// <param name="handle">The upstream's handle; null = a new session.</param>
    internal ReadOnlyMemory<byte> With(string? handle)
    {
        var value = handle is null ? "" : JsonSerializer.Serialize(handle, RelayJson.Default.String);
        if (_place.Handle is { } at)
            return handle is null ? _message : Splice(at, value);
        if (_place.Resumption is { } resumption)
        {
            if (handle is null)
                return _message;
            // {} or {"transparent":true} or null
            if (_message[resumption.Start.Value] != (byte)'{')
                return Splice(resumption, $"{{\"handle\":{value}}}");
            var inside = resumption.Start.Value + 1;
            return Splice(inside..inside, $"\"handle\":{value}{(_place.IsResumptionEmpty ? "" : ",")}");
        }
        return Splice(_place.Inside.._place.Inside, $"\"sessionResumption\":{{{(handle is null ? "" : $"\"handle\":{value}")}}}{(_place.IsEmpty ? "" : ",")}");
    }

    private byte[] Splice(Range at, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return [.. _message.AsSpan(0, at.Start.Value), .. bytes, .. _message.AsSpan(at.End.Value)];
    }

    /// <summary>The position of the resumption in the message.</summary>
    private sealed record Place(int Inside, bool IsEmpty, Range? Resumption, bool IsResumptionEmpty, Range? Handle)
    {
        internal static Place Find(ReadOnlySpan<byte> message)
        {
            var reader = Enter(message);
            return FindInside(ref reader);
        }

        private static Place FindInside(ref Utf8JsonReader reader)
        {
            var inside = (int)reader.BytesConsumed;
            var (empty, resumptionEmpty) = (true, true);
            Range? resumption = null, handle = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                empty = false;
                if (!reader.ValueTextEquals("sessionResumption"u8) && !reader.ValueTextEquals("session_resumption"u8))
                {
                    reader.Skip();
                    continue;
                }
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        resumptionEmpty = false;
                        if (reader.ValueTextEquals("handle"u8))
                            handle = JsonRange.Of(ref reader);
                        else
                            reader.Skip();
                    }
                }
                resumption = start..(int)reader.BytesConsumed;
            }
            return new Place(inside, empty, resumption, resumptionEmpty, handle);
        }
    }
}
