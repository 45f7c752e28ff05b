using System.Globalization;
using System.Text.Json.Nodes;
using Parley.Protocol.Codec;

namespace Parley.Protocol.Tests.Support;

/// <summary>
/// Random messages from the field tables: one text as another implementation may spell it, and the same as the codec writes it.
/// </summary>
internal sealed class MessageGenerator(int seed)
{
    /// <summary>Deeper messages stay empty; schemas contain schemas.</summary>
    private const int MaxDepth = 9;

    private static readonly string[] Texts = ["", "a", "Grüße", "\"quoted\\\"", "line\nbreak\t\u0001", "👋 \u2028", "models/gemini", "\uFFFD", "</script>"];
    private static readonly string[] FreeValues = ["1", "-0.5e3", "\"x\"", "[]", "[1,{\"a\":null}]", "{}", "{\"output\":{\"mime_type\":\"é\"}}", "true"];

    private readonly Random _random = new(seed);

    /// <summary>The message as a peer may send it, and as the codec writes it.</summary>
    public (JsonObject Sent, JsonObject Written) Message(MessageType type, int depth = 0)
    {
        var sent = new JsonObject();
        var written = new JsonObject();
        HashSet<string> unions = [];
        // The codec writes in the order of its table; a sender need not.
        var chosen = type.Fields.Where(field => IsChosen(type, field, depth) && (field.OneOf is null || unions.Add(field.OneOf))).ToList();
        foreach (var field in chosen)
            written[field.JsonName] = null;
        foreach (var field in chosen.OrderBy(_ => _random.Next()))
        {
            var (foreign, ours) = Value(field.Codec, depth + 1);
            sent[_random.Next(2) == 0 ? field.JsonName : field.ProtoName] = foreign;
            written[field.JsonName] = ours;
        }
        foreach (var field in type.Fields.Except(chosen).Where(_ => _random.Next(10) == 0))
            sent[field.JsonName] = null;
        return (sent, written);
    }

    private bool IsChosen(MessageType type, Field field, int depth) =>
        field.JsonName != "voiceActivityType" && (depth < MaxDepth || field.Codec is { Message: null, Element: null })
        && _random.Next(depth == 0 ? Math.Max(1, type.Fields.Count / 2) : 3) == 0;

    /// <summary>A value of one type, as a peer may send it and as the codec writes it.</summary>
    public (JsonNode? Sent, JsonNode? Written) Value(ValueCodec codec, int depth = MaxDepth)
    {
        switch (codec)
        {
            case { Message: { } type }:
                return Message(type, depth);
            case { Element: { } element } when codec.GetType().GetGenericTypeDefinition() == typeof(ListCodec<>):
                var items = Enumerable.Range(0, _random.Next(3)).Select(_ => Value(element, depth)).ToList();
                if (items is [var single] && _random.Next(2) == 0)
                    return (single.Sent, new JsonArray(single.Written));
                return (new JsonArray([.. items.Select(item => item.Sent)]), new JsonArray([.. items.Select(item => item.Written)]));
            case { Element: { } element }:
                var entries = Enumerable.Range(0, _random.Next(3)).Select(i => (Key: Pick(Texts) + i, Value: Value(element, depth))).ToList();
                return (new JsonObject(entries.Select(e => KeyValuePair.Create(e.Key, e.Value.Sent))), new JsonObject(entries.Select(e => KeyValuePair.Create(e.Key, e.Value.Written))));
            case { Names: { } names }:
                var number = _random.Next(names.Count);
                return (_random.Next(3) == 0 ? number : AnyCase(names[number]), names[number]);
            default:
                return Scalar(codec);
        }
    }

    private (JsonNode? Sent, JsonNode? Written) Scalar(ValueCodec codec)
    {
        switch (codec)
        {
            case StringCodec:
                var text = Pick(Texts);
                return (text, text);
            case BooleanCodec:
                var flag = _random.Next(2) == 0;
                return (flag, flag);
            case Int32Codec:
                var small = _random.Next(int.MinValue, int.MaxValue);
                return (_random.Next(2) == 0 ? small : Text(small), small);
            case Int64Codec:
                var large = _random.NextInt64(long.MinValue, long.MaxValue);
                return (_random.Next(2) == 0 ? large : Text(large), Text(large));
            case DoubleCodec:
                var real = Math.Round(_random.NextDouble() * 4, 3) - 2;
                return (_random.Next(2) == 0 ? real : real.ToString("R", CultureInfo.InvariantCulture), real);
            case BytesCodec:
                var bytes = new byte[_random.Next(40)];
                _random.NextBytes(bytes);
                var base64 = Convert.ToBase64String(bytes);
                return (Pick([base64, base64.TrimEnd('='), base64.Replace('+', '-').Replace('/', '_')]), base64);
            case DurationCodec:
                var seconds = _random.Next(-1_000, 1_000_000) / (decimal)Pick([1, 10, 1_000]);
                var shortest = seconds.ToString("0.#########", CultureInfo.InvariantCulture) + "s";
                return (_random.Next(2) == 0 ? shortest : seconds.ToString("0.000000", CultureInfo.InvariantCulture) + "s", shortest);
            case TimestampCodec:
                var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(_random.Next());
                var offset = TimeSpan.FromMinutes(_random.Next(-600, 600));
                return (
                    time.ToOffset(offset).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
                    time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
            case EmptyCodec:
                return (new JsonObject(), new JsonObject());
            case JsonCodec:
                var free = codec == JsonCodec.Object ? Pick(["{}", "{\"a\":[1,null,\"é\"]}"]) : Pick(FreeValues);
                return (JsonNode.Parse(free), JsonNode.Parse(free));
            default:
                throw new NotSupportedException(codec.GetType().Name);
        }
    }

    private string AnyCase(string name) => _random.Next(3) == 0
        ? name
        : string.Concat(name.Select(letter => _random.Next(2) == 0 ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter)));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];
}
