using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Parley.Phone.Carriers;

/// <summary>
/// Reads the messages of all three carriers: their fields have different names, but no name means two things. Audio is decoded without an allocation;
/// everything else comes a few times a call. Members that are not known are skipped.
/// <code>
/// {"event":"media","sequenceNumber":"3","streamSid":"MZ…","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"…"}}   Twilio
/// {"event":"media","sequence_number":"4","stream_id":"…","media":{"track":"inbound","chunk":"2","timestamp":"5","payload":"…"}}    Telnyx
/// {"event":"media","sequenceNumber":2,"streamId":"…","media":{"track":"inbound","chunk":1,"timestamp":"…","payload":"…"}}           Plivo
/// </code>
/// </summary>
internal static class CarrierReader
{
    private const int MaxDepth = 16, MaxText = 1_024;

    /// <returns>Null, or what is wrong with the message.</returns>
    internal static string? Read(ReadOnlySpan<byte> json, StreamMessage message)
    {
        message.Reset();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return "The message is not a JSON object";
            string? streamId = null, headers = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("event"u8))
                    message.Event = EventOf(ref reader);
                else if (reader.ValueTextEquals("media"u8))
                    ReadMedia(ref reader, message);
                else if (reader.ValueTextEquals("start"u8))
                    ReadStart(ref reader, message);
                else if (reader.ValueTextEquals("dtmf"u8))
                    message.Digit = ReadMember(ref reader, "digit"u8);
                else if (reader.ValueTextEquals("mark"u8))
                    message.Mark = ReadMember(ref reader, "name"u8);
                else if (reader.ValueTextEquals("name"u8))
                    message.Mark ??= Text(ref reader);
                else if (reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("payload"u8))
                    message.Error = ReadMember(ref reader, "title"u8);
                else if (reader.ValueTextEquals("extra_headers"u8) || reader.ValueTextEquals("extraHeaders"u8))
                    headers = Text(ref reader);
                else if (reader.ValueTextEquals("stream_id"u8) || reader.ValueTextEquals("streamSid"u8) || reader.ValueTextEquals("streamId"u8))
                    streamId = message.Event is StreamEvent.Media ? Skip(ref reader) : Text(ref reader);
                else
                    Skip(ref reader);
            }
            // The rest of the text is part of the message: a reader that stops early would accept garbage.
            if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
                return "The message is not a JSON object";
            if (message.Start is { } start)
            {
                if (start.StreamId.Length == 0)
                    start.StreamId = streamId ?? "";
                StreamParameters.ReadHeaders(headers, start);
            }
            return null;
        }
        catch (JsonException)
        {
            return "The message is not valid JSON";
        }
        catch (InvalidOperationException)
        {
            // A string that is not valid UTF-8 or has a lone surrogate.
            return "The message is not valid JSON";
        }
    }

    private static StreamEvent EventOf(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return StreamEvent.Unknown;
        }
        return reader switch
        {
            _ when reader.ValueTextEquals("media"u8) => StreamEvent.Media,
            _ when reader.ValueTextEquals("mark"u8) || reader.ValueTextEquals("playedStream"u8) => StreamEvent.Mark,
            _ when reader.ValueTextEquals("dtmf"u8) => StreamEvent.Dtmf,
            _ when reader.ValueTextEquals("start"u8) => StreamEvent.Start,
            _ when reader.ValueTextEquals("stop"u8) => StreamEvent.Stop,
            _ when reader.ValueTextEquals("connected"u8) => StreamEvent.Connected,
            _ when reader.ValueTextEquals("error"u8) => StreamEvent.Error,
            _ => StreamEvent.Unknown,
        };
    }

    private static void ReadMedia(ref Utf8JsonReader reader, StreamMessage message)
    {
        if (!Enter(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("payload"u8))
                ReadPayload(ref reader, message);
            else if (reader.ValueTextEquals("chunk"u8))
                message.Chunk = Number(ref reader);
            else if (reader.ValueTextEquals("timestamp"u8))
                message.Time = Number(ref reader);
            else if (reader.ValueTextEquals("track"u8))
                message.IsOutbound = Text(ref reader) is "outbound" or "outbound_track";
            else
                Skip(ref reader);
        }
    }

    private static void ReadPayload(ref Utf8JsonReader reader, StreamMessage message)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return;
        }
        if (!reader.ValueIsEscaped)
        {
            message.SetAudio(reader.ValueSpan);
            return;
        }
        // Some writers escape the slash of base64.
        var unescaped = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        message.SetAudio(unescaped.AsSpan(0, reader.CopyString(unescaped)));
        ArrayPool<byte>.Shared.Return(unescaped);
    }

    private static void ReadStart(ref Utf8JsonReader reader, StreamMessage message)
    {
        var start = new StreamStart();
        message.Start = start;
        if (!Enter(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("streamSid"u8) || reader.ValueTextEquals("streamId"u8) || reader.ValueTextEquals("stream_id"u8))
                start.StreamId = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("callSid"u8) || reader.ValueTextEquals("callId"u8) || reader.ValueTextEquals("call_control_id"u8))
                start.CallId = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("from"u8))
                start.From = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("to"u8))
                start.To = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("mediaFormat"u8) || reader.ValueTextEquals("media_format"u8))
                ReadFormat(ref reader, start);
            else if (reader.ValueTextEquals("customParameters"u8) || reader.ValueTextEquals("custom_parameters"u8))
                ReadParameters(ref reader, start);
            else if (reader.ValueTextEquals("client_state"u8))
                StreamParameters.ReadState(Text(ref reader), start);
            else
                Skip(ref reader);
        }
    }

    private static void ReadFormat(ref Utf8JsonReader reader, StreamStart start)
    {
        if (!Enter(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("encoding"u8))
                start.Encoding = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("sampleRate"u8) || reader.ValueTextEquals("sample_rate"u8))
                start.SampleRateHz = (int?)Math.Clamp(Number(ref reader) ?? 0, 0, int.MaxValue);
            else if (reader.ValueTextEquals("channels"u8))
                start.Channels = (int?)Math.Clamp(Number(ref reader) ?? 0, 0, int.MaxValue);
            else
                Skip(ref reader);
        }
    }

    private static void ReadParameters(ref Utf8JsonReader reader, StreamStart start)
    {
        if (!Enter(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan.Length <= MaxText ? reader.GetString()! : "";
            start.Add(name, Text(ref reader) ?? "");
        }
    }

    private static string? ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        string? value = null;
        if (!Enter(ref reader))
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
                value = Text(ref reader);
            else
                Skip(ref reader);
        }
        return value;
    }

    /// <summary>Moves to the value; false, and past it, if it is not an object.</summary>
    private static bool Enter(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
            return true;
        reader.Skip();
        return false;
    }

    /// <summary>A string, or a number as it is written; null for anything else, and for a text longer than 1,024 bytes.</summary>
    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            reader.Skip();
        return reader.TokenType switch
        {
            JsonTokenType.String when reader.ValueSpan.Length <= MaxText => reader.GetString(),
            JsonTokenType.Number when reader.ValueSpan.Length <= MaxText => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => null,
        };
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String && !reader.ValueIsEscaped
            && Utf8Parser.TryParse(reader.ValueSpan, out long value, out var used) && used == reader.ValueSpan.Length)
        {
            return value;
        }
        reader.Skip();
        return null;
    }

    private static string? Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return null;
    }
}
