using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Relay;

/// <summary>
/// The setup as it goes upstream, again and again with other handles. Where nothing but the handle is ours it is the client's own frame, byte
/// for byte, except: <c>"sessionResumption":{…},</c> is put in front where the client has none and a handle is wanted, and the value of
/// <c>handle</c> is the upstream's.
/// </summary>
internal sealed class RelayedSetup
{
    private readonly byte[] _frame;
    private readonly Place _place;

    private RelayedSetup(byte[] frame, WebSocketMessageType type) => (_frame, Type, _place) = (frame, type, Place.Find(frame));

    internal WebSocketMessageType Type { get; }

    /// <summary>The client's frame.</summary>
    internal static RelayedSetup Of(ReadOnlySpan<byte> frame, WebSocketMessageType type) => new(frame.ToArray(), type);

    /// <summary>A setup that a token, a policy or the guide's form made: written anew.</summary>
    internal static RelayedSetup Of(Setup setup)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        LiveCodec.Encode(new LiveSessionRequest { Setup = setup with { SessionResumption = setup.SessionResumption is { } resumption ? resumption with { Handle = null } : null } }, output);
        return new RelayedSetup(output.WrittenSpan.ToArray(), WebSocketMessageType.Text);
    }

    /// <summary>The bytes to send.</summary>
    /// <param name="handle">The upstream's handle; null = a new session.</param>
    internal ReadOnlyMemory<byte> With(string? handle)
    {
        var value = handle is null ? "" : JsonSerializer.Serialize(handle, RelayJson.Default.String);
        if (_place.Handle is { } at)
            return handle is null ? _frame : Splice(at, value);
        if (_place.Resumption is { } resumption)
        {
            if (handle is null)
                return _frame;
            // {} or {"transparent":true} or null
            if (_frame[resumption.Start.Value] != (byte)'{')
                return Splice(resumption, $"{{\"handle\":{value}}}");
            var inside = resumption.Start.Value + 1;
            return Splice(inside..inside, $"\"handle\":{value}{(_place.IsResumptionEmpty ? "" : ",")}");
        }
        return Splice(_place.Inside.._place.Inside, $"\"sessionResumption\":{{{(handle is null ? "" : $"\"handle\":{value}")}}}{(_place.IsEmpty ? "" : ",")}");
    }

    private byte[] Splice(Range at, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return [.. _frame.AsSpan(0, at.Start.Value), .. bytes, .. _frame.AsSpan(at.End.Value)];
    }

    /// <summary>Where in the frame the resumption lies.</summary>
    private sealed record Place(int Inside, bool IsEmpty, Range? Resumption, bool IsResumptionEmpty, Range? Handle)
    {
        internal static Place Find(ReadOnlySpan<byte> frame)
        {
            var reader = new Utf8JsonReader(frame);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSetup = reader.ValueTextEquals("setup"u8);
                reader.Read();
                if (isSetup && reader.TokenType == JsonTokenType.StartObject)
                    return FindInside(ref reader);
                reader.Skip();
            }
            throw new LiveCloseException(LiveClose.SetupFirst);
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
