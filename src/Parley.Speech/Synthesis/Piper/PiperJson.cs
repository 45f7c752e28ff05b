using System.Text.Json;

namespace Parley.Speech.Synthesis.Piper;

/// <summary>A value in a description, with its path for error messages. Errors are <see cref="FormatException"/>.</summary>
internal readonly record struct PiperJson(JsonElement Element, string Path)
{
    /// <summary>The members of an object.</summary>
    public IEnumerable<KeyValuePair<string, PiperJson>> Members
    {
        get
        {
            var path = Path;
            // Of members with the same name the last counts, as in other readers of JSON.
            return Of(JsonValueKind.Object, "an object").EnumerateObject().GroupBy(static member => member.Name)
                .Select(group => KeyValuePair.Create(group.Key, new PiperJson(group.Last().Value, $"{path}.{group.Key}".TrimStart('.'))));
        }
    }

    /// <summary>The items of an array.</summary>
    public IEnumerable<PiperJson> Items
    {
        get
        {
            var path = Path;
            return Of(JsonValueKind.Array, "an array").EnumerateArray().Select((item, i) => new PiperJson(item, $"{path}[{i}]"));
        }
    }

    public PiperJson? Find(string name)
    {
        var path = $"{Path}.{name}".TrimStart('.');
        return Of(JsonValueKind.Object, "an object").TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new(value, path) : null;
    }

    public PiperJson Need(string name) => Find(name) ?? throw new FormatException($"{Path}{(Path.Length > 0 ? "." : "")}{name} is missing.");

    public string? Text(string name) => Find(name)?.AsText();

    public double Number(string name, double? otherwise, double least, double most) =>
        Find(name) is { } value ? value.AsNumber(least, most) : otherwise ?? throw new FormatException($"{Path}.{name} is missing.");

    public double AsNumber(double least, double most)
    {
        var number = Of(JsonValueKind.Number, "a number").GetDouble();
        return number >= least && number <= most ? number : throw new FormatException($"{Path} is {number}; it must be {least} to {most}.");
    }

    public long[] Numbers(double least, double most) => [.. Items.Select(item => (long)item.AsNumber(least, most))];

    public string[] Texts() => [.. Items.Select(static item => item.AsText())];

    private string AsText() => Of(JsonValueKind.String, "a text").GetString()!;

    private JsonElement Of(JsonValueKind kind, string name) => Element.ValueKind == kind
        ? Element
        : throw new FormatException($"{(Path.Length > 0 ? Path : "The file")} must be {name}, not {Element.ValueKind}.");
}
