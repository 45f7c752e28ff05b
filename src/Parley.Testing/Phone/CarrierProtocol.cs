using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley.Testing.Phone;

/// <summary>
/// One call in the words of a carrier: writes what the carrier sends, reads what it accepts, and counts sequence numbers. Not thread-safe.
/// </summary>
internal abstract class CarrierProtocol(VirtualCallerOptions options)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long _sequence;

    internal abstract string CallId { get; }

    internal abstract string StreamId { get; }

    /// <summary>Whether audio messages never overtake each other.</summary>
    internal virtual bool KeepsOrder => true;

    /// <summary>Whether marks that a clear removes are sent back.</summary>
    internal virtual bool ReturnsClearedMarks => true;

    protected VirtualCallerOptions Options => options;

    internal static CarrierProtocol Create(VirtualCallerOptions options) => options.Dialect switch
    {
        CallerDialect.Twilio => new TwilioProtocol(options),
        CallerDialect.Telnyx => new TelnyxProtocol(options),
        CallerDialect.Plivo => new PlivoProtocol(options),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Dialect, "Unknown dialect."),
    };

    /// <summary>Headers of the upgrade that prove where the call comes from.</summary>
    internal abstract IEnumerable<(string Name, string Value)> Headers(Uri url);

    /// <summary>The fields of the webhook of an incoming call.</summary>
    internal abstract IEnumerable<KeyValuePair<string, string>> WebhookForm();

    /// <summary>Headers of the webhook that prove where it comes from.</summary>
    internal abstract IEnumerable<(string Name, string Value)> WebhookHeaders(Uri url, IReadOnlyCollection<KeyValuePair<string, string>> form, byte[] body);

    /// <summary>The messages that open the stream.</summary>
    internal abstract IEnumerable<byte[]> Opening();

    internal abstract byte[] Media(CallerFrame frame, long sequence);

    internal abstract byte[] Key(char key);

    internal abstract byte[] Mark(string name);

    internal abstract byte[] Stop();

    /// <summary>The confirmation of a clear; null if the carrier sends none.</summary>
    internal virtual byte[]? Cleared() => null;

    /// <summary>The answer to a message that cannot be used; null if the carrier sends none.</summary>
    internal virtual byte[]? Error(string problem) => null;

    internal long NextSequence() => ++_sequence;

    /// <summary>Reads a text message of the server.</summary>
    internal ServerMessage Read(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var json = JsonDocument.Parse(message);
            return json.RootElement.ValueKind == JsonValueKind.Object && Text(json.RootElement, "event") is { } name
                ? Read(name, json.RootElement)
                : ServerMessage.Invalid("A message has no event.");
        }
        catch (JsonException)
        {
            return ServerMessage.Invalid("A message is not JSON.");
        }
    }

    protected abstract ServerMessage Read(string name, JsonElement message);

    protected string SequenceText() => Text(NextSequence());

    protected static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Parameters with the numbers of the call, for carriers that do not send these themselves. After a webhook they are those of its answer.
    /// </summary>
    protected IEnumerable<KeyValuePair<string, string>> ParametersWithNumbers()
    {
        foreach (var (name, number) in (ReadOnlySpan<(string, string?)>)[("From", options.From), ("To", options.To)])
        {
            if (number is not null && !options.HasAnswer)
                options.Parameters.TryAdd(name, number);
        }
        return options.Parameters;
    }

    /// <summary>Checks the id of the stream in a message.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    protected string? WrongStream(JsonElement message, string field, bool isRequired) => Text(message, field) switch
    {
        null => isRequired ? $"{Text(message, "event")} has no {field}." : null,
        { } id => id == StreamId ? null : $"{Text(message, "event")} has the {field} of another stream.",
    };

    protected static ServerMessage Audio(JsonElement message)
    {
        if (!message.TryGetProperty("media", out var media) || media.ValueKind != JsonValueKind.Object || !media.TryGetProperty("payload", out var payload))
            return ServerMessage.Invalid($"{Text(message, "event")} has no media.payload.");
        if (payload.ValueKind != JsonValueKind.String || !payload.TryGetBytesFromBase64(out var bytes))
            return ServerMessage.Invalid("media.payload is not base64.");
        return bytes.AsSpan().StartsWith("RIFF"u8)
            ? ServerMessage.Invalid("media.payload is a WAV file; carriers take audio without a header.")
            : ServerMessage.Audio(bytes);
    }

    protected static ServerMessage NamedMark(JsonElement message) =>
        message.TryGetProperty("mark", out var mark) && mark.ValueKind == JsonValueKind.Object && Text(mark, "name") is { } name
            ? ServerMessage.Mark(name)
            : ServerMessage.Invalid("mark has no mark.name.");

    protected static string? Text(JsonElement json, string field) =>
        json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    protected static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Writing))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        return stream.ToArray();
    }

    protected static void Map(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string>> map)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in map)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }
}
