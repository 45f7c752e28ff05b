using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Parley.Protocol.Codec;

namespace Parley.Protocol;

/// <summary>
/// Reads and writes the messages of the Live API as proto3 JSON
/// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#22-json-is-proto3-json">protocol 2.2</see>): both spellings,
/// numbers and names of enums, 64-bit integers as strings, durations as <c>"50s"</c>, base64 in both alphabets. Safe for use by many threads.
/// </summary>
public static class LiveCodec
{
    /// <summary>Maximum nesting depth of a message. A deeper message is refused, so that a small message cannot exhaust the stack.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Maximum number of elements in the lists and maps of a message together: 32,768. A message with more is refused, so that its
    /// objects cannot take many times the memory of its text. A conversation that fills the largest context has about a third of that.
    /// </summary>
    public const int MaxElements = 32_768;

    /// <summary>
    /// Maximum number of names and values in the free JSON of a message (arguments, results, JSON schemas, unknown members) together:
    /// 262,144; the end of an object or list counts too. Each is at least a token to a model, so a message with more could not be used.
    /// </summary>
    public const int MaxFreeValues = 262_144;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, NewLine = "\n" };

    /// <summary>Reads a client message as a server must: unknown names, wrong types and duplicate members are errors.</summary>
    /// <param name="utf8">One whole message.</param>
    /// <param name="compatibility">The forms accepted beyond those of the public service.</param>
    /// <exception cref="LiveProtocolException">The message breaks the protocol; the text is the close reason (1007).</exception>
    public static LiveSessionRequest DecodeRequest(ReadOnlySpan<byte> utf8, LiveCompatibility compatibility = LiveCompatibility.Guide) =>
        DecodeRequest(utf8, compatibility, new DecodeContext(strict: true, compatible: compatibility != LiveCompatibility.Strict));

    /// <summary>
    /// Reads a client message that a relay forwards to another, possibly newer server: unknown field names and enum values are skipped.
    /// Everything else is as strict as in <see cref="DecodeRequest(ReadOnlySpan{byte}, LiveCompatibility)"/>.
    /// </summary>
    /// <param name="utf8">One whole message.</param>
    /// <param name="compatibility">The forms accepted beyond those of the public service.</param>
    /// <param name="unknownField">The error for the first unknown name, for a relay that must not forward it; null = all names are known.</param>
    /// <exception cref="LiveProtocolException">The message breaks the protocol; the text is the close reason (1007).</exception>
    public static LiveSessionRequest DecodeRequest(ReadOnlySpan<byte> utf8, LiveCompatibility compatibility, out LiveProtocolException? unknownField)
    {
        var context = new DecodeContext(strict: true, compatible: compatibility != LiveCompatibility.Strict, skipsUnknown: true);
        var request = DecodeRequest(utf8, compatibility, context);
        unknownField = context.UnknownField;
        return request;
    }

    /// <summary>Reads a server message as a client should: unknown members are kept in <see cref="LiveSessionResponse.Extra"/>.</summary>
    /// <exception cref="LiveProtocolException">The text is not a JSON object.</exception>
    public static LiveSessionResponse DecodeResponse(ReadOnlySpan<byte> utf8)
    {
        var context = new DecodeContext(strict: false, compatible: false);
        var response = Decode(utf8, WireTypes.LiveSessionResponse, context);
        if (context.Extra is { } extra)
            response.KeepExtra(extra, ErrorIn(utf8, extra, alone: response.Kinds == LiveResponseKinds.None));
        return response;
    }

    /// <summary>Reads a setup without its envelope, as it is stored in ephemeral tokens.</summary>
    /// <exception cref="LiveProtocolException">The text is not a setup.</exception>
    public static Setup DecodeSetup(ReadOnlySpan<byte> utf8) =>
        Decode(utf8, WireTypes.Setup, new DecodeContext(strict: true, compatible: false));

    /// <summary>Reads a content without its envelope, as it is stored in checkpoints.</summary>
    /// <exception cref="LiveProtocolException">The text is not a content.</exception>
    internal static Content DecodeContent(ReadOnlySpan<byte> utf8) =>
        Decode(utf8, WireTypes.Content, new DecodeContext(strict: true, compatible: false));

    /// <summary>
    /// Reads the body of a token request. Unless <paramref name="compatibility"/> is <see cref="LiveCompatibility.Strict"/>, it also accepts the form
    /// of the SDKs: <c>liveConnectConstraints</c> with a <c>config</c> in place of the setup, and <c>lockAdditionalFields</c> in place of the mask
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).
    /// </summary>
    /// <param name="utf8">The body.</param>
    /// <param name="compatibility">The forms accepted beyond those of the public service.</param>
    /// <exception cref="LiveProtocolException">The text is not a token request.</exception>
    public static AuthTokenRequest DecodeAuthTokenRequest(ReadOnlySpan<byte> utf8, LiveCompatibility compatibility = LiveCompatibility.Guide)
    {
        var compatible = compatibility != LiveCompatibility.Strict;
        var context = new DecodeContext(strict: true, compatible);
        context.Enter("auth_token");
        return compatible ? Decode(utf8, GuideTypes.TokenRequest, context).ToRequest() : Decode(utf8, WireTypes.AuthTokenRequest, context);
    }

    /// <summary>Reads the answer to a token request.</summary>
    /// <exception cref="LiveProtocolException">The text is not a JSON object.</exception>
    public static AuthTokenResponse DecodeAuthTokenResponse(ReadOnlySpan<byte> utf8) =>
        Decode(utf8, WireTypes.AuthTokenResponse, new DecodeContext(strict: false, compatible: false));

    /// <summary>Writes a client message.</summary>
    public static void Encode(LiveSessionRequest message, IBufferWriter<byte> output) => Encode(message, WireTypes.LiveSessionRequest, output, Compact);

    /// <summary>Writes a server message, compact or with the two-space indentation and final newline of the public service.</summary>
    public static void Encode(LiveSessionResponse message, IBufferWriter<byte> output, bool indented = false)
    {
        Encode(message, WireTypes.LiveSessionResponse, output, indented ? Indented : Compact);
        if (indented)
            output.Write("\n"u8);
    }

    /// <summary>Writes a setup without its envelope.</summary>
    public static void Encode(Setup setup, IBufferWriter<byte> output) => Encode(setup, WireTypes.Setup, output, Compact);

    /// <summary>Writes a content without its envelope.</summary>
    internal static void Encode(Content content, IBufferWriter<byte> output) => Encode(content, WireTypes.Content, output, Compact);

    /// <summary>Writes the body of a token request.</summary>
    public static void Encode(AuthTokenRequest request, IBufferWriter<byte> output) => Encode(request, WireTypes.AuthTokenRequest, output, Compact);

    /// <summary>Writes the answer to a token request.</summary>
    public static void Encode(AuthTokenResponse response, IBufferWriter<byte> output) => Encode(response, WireTypes.AuthTokenResponse, output, Compact);

    /// <summary>Converts a schema of the OpenAPI subset to JSON Schema, with lower-case type names.</summary>
    public static JsonElement ToJsonSchema(Schema schema) => JsonSchemaWriter.Write(schema);

    private static LiveSessionRequest DecodeRequest(ReadOnlySpan<byte> utf8, LiveCompatibility compatibility, DecodeContext context)
    {
        if (compatibility == LiveCompatibility.Strict)
            return RefuseMediaChunks(Decode(utf8, WireTypes.LiveSessionRequest, context));
        var request = Decode(utf8, GuideTypes.Request, context);
        return request.Config is { } config
            ? new LiveSessionRequest { Setup = config.ToSetup(), IsGuideConfig = true }
            : request.Request;
    }

    // {"error":{"code":…}} next to any member, or {"code":…} without another known member.
    private static ApiError? ErrorIn(ReadOnlySpan<byte> utf8, Dictionary<string, JsonElement> extra, bool alone)
    {
        var context = new DecodeContext(strict: false, compatible: false);
        if (extra.TryGetValue("error", out var error) && error.ValueKind == JsonValueKind.Object)
            return Decode(JsonMarshal.GetRawUtf8Value(error), WireTypes.ApiError, context);
        return alone && extra.ContainsKey("code") ? Decode(utf8, WireTypes.ApiError, context) : null;
    }

    private static T Decode<T>(ReadOnlySpan<byte> utf8, MessageType<T> type, DecodeContext context)
        where T : class, new()
    {
        // The JSON reader looks at the bytes of a string only when the string is asked for.
        if (!Utf8.IsValid(utf8))
            throw new LiveProtocolException("Invalid JSON payload received. Invalid UTF-8.");
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new LiveProtocolException("Invalid JSON payload received. Root element must be a message.");
            var message = type.Read(ref reader, context);
            if (reader.Read())
                throw new LiveProtocolException("Invalid JSON payload received. Expected end of string.");
            return message;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new LiveProtocolException("Invalid JSON payload received. " + Describe(e), context.Path, e);
        }
    }

    private static string Describe(Exception e) => e switch
    {
        JsonException json when json.Message.Contains("depth", StringComparison.Ordinal) => "Message too deep.",
        JsonException json => $"Unexpected token at byte {json.BytePositionInLine ?? 0} of line {(json.LineNumber ?? 0) + 1}.",
        _ => "Invalid text encoding.",
    };

    private static LiveSessionRequest RefuseMediaChunks(LiveSessionRequest request) => request.RealtimeInput?.MediaChunks is null
        ? request
        : throw new LiveProtocolException("realtime_input.media_chunks is deprecated. Use audio, video, or text instead.", "realtime_input.media_chunks");

    private static void Encode<T>(T message, MessageType<T> type, IBufferWriter<byte> output, JsonWriterOptions options)
        where T : class, new()
    {
        using var writer = new Utf8JsonWriter(output, options);
        type.Write(writer, message);
    }
}
