using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Assistant.Functions;

/// <summary>One parameter of a function, from its JSON schema.</summary>
internal sealed record ParameterShape(string Name, string Type, string Format, IReadOnlyList<string> EnumValues, bool Required)
{
    public string[] NameWords { get; } = FunctionShape.SplitName(Name);

    /// <summary>Words of its description in lower case; empty if it has none.</summary>
    public IReadOnlyList<string> DescriptionWords { get; init; } = [];

    /// <summary>Type of the items of an array; "string" if it is not said.</summary>
    public string ItemType { get; init; } = "string";

    public string SpokenName => string.Join(' ', NameWords);

    public bool IsNumber => Type is "integer" or "number";

    public bool IsColour => Type == "string" && EnumValues.Count == 0 && NameWords.Any(word => word is "colour" or "color");

    /// <summary>A date and a time in one text.</summary>
    public bool IsDateTime => Type == "string" && EnumValues.Count == 0
        && (Format is "date-time" || NameWords is ["when"] or ["datetime"] or [.., "date", "time"] or ["remind", "at"] or ["due"]);

    public bool IsDate => Type == "string" && !IsDateTime && (Format is "date" || NameWords.Contains("date") || NameWords is [.., "day"]);

    public bool IsTime => Type == "string" && !IsDate && !IsDateTime && (Format is "time" || NameWords is [.., "time"]);

    /// <summary>A string that may hold anything.</summary>
    public bool IsFreeText => Type == "string" && EnumValues.Count == 0 && !IsDate && !IsTime && !IsDateTime;

    /// <summary>A length of time as text.</summary>
    public bool IsDuration => IsFreeText && (Format is "duration" || NameWords.Contains("duration"));

    /// <summary>The unit that its name or description says, such as "minute"; null if there is none.</summary>
    public string? Unit =>
        !IsNumber ? null
        : NameWords.Select(SpokenQuantities.UnitOf).FirstOrDefault(unit => unit is not null)
            ?? (NameWords.Any(word => word is "duration" or "length" or "time" or "timer" or "delay")
                ? DescriptionWords.Select(SpokenQuantities.UnitOf).FirstOrDefault(unit => unit is not null && SpokenQuantities.IsTime(unit)) ?? "second"
                : DescriptionWords.Select(SpokenQuantities.UnitOf).FirstOrDefault(unit => unit is "side" or "percent" or "degree"));

    /// <summary>Says how many of something are wanted.</summary>
    public bool IsCount => IsNumber && NameWords.Any(word => word is "count" or "number" or "quantity" or "amount" or "num" or "n" or "copies" or "times" or "how");

    /// <summary>A switch: on or off.</summary>
    public bool IsSwitch => Type == "boolean" && NameWords.All(word => word is "on" or "is" or "off" or "state" or "power" or "enabled" or "active" or "turn");
}

/// <summary>Name and parameters of a declared function. An unreadable schema counts as one without parameters.</summary>
internal sealed partial record FunctionShape(string Name, IReadOnlyList<ParameterShape> Parameters)
{
    private static readonly ConditionalWeakTable<AIFunctionDeclaration, FunctionShape> Known = [];

    public string[] NameWords { get; } = SplitName(Name);

    public string SpokenName => string.Join(' ', NameWords);

    /// <summary>Reads a declaration; cached, because a session passes the same ones on every turn.</summary>
    public static FunctionShape From(AIFunctionDeclaration declaration) =>
        Known.GetValue(declaration, static found => new FunctionShape(found.Name, ReadParameters(found.JsonSchema)));

    /// <summary>Reads a declaration of the wire protocol.</summary>
    public static FunctionShape From(FunctionDeclaration declaration) => new(
        declaration.Name ?? "",
        (declaration.ParametersJsonSchema ?? (declaration.Parameters is { } schema ? LiveCodec.ToJsonSchema(schema) : null)) is { } json
            ? ReadParameters(json)
            : []);

    /// <summary>"getCurrentWeather", "get_current_weather" and "home.getCurrentWeather" in lower-case words.</summary>
    public static string[] SplitName(string name) =>
        [.. NameWordPattern().Matches(name).Select(match => match.Value.ToLowerInvariant())];

    private static ParameterShape[] ReadParameters(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return [];
        }
        var required = schema.TryGetProperty("required", out var names) ? Strings(names) : [];
        return [.. properties.EnumerateObject().Select(property => ReadParameter(property, required.Contains(property.Name)))];
    }

    private static ParameterShape ReadParameter(JsonProperty property, bool required)
    {
        var schema = property.Value;
        if (schema.ValueKind != JsonValueKind.Object)
            return new ParameterShape(property.Name, "string", "", [], required);
        var types = schema.TryGetProperty("type", out var type) ? Strings(type) : [];
        var name = types.FirstOrDefault(candidate => !candidate.Equals("null", StringComparison.OrdinalIgnoreCase)) ?? "string";
        var format = schema.TryGetProperty("format", out var value) ? Strings(value).FirstOrDefault() ?? "" : "";
        var values = schema.TryGetProperty("enum", out var list) ? Strings(list) : [];
        var description = schema.TryGetProperty("description", out var about) ? Strings(about).FirstOrDefault() ?? "" : "";
        return new ParameterShape(property.Name, name.ToLowerInvariant(), format, values, required)
        {
            DescriptionWords = WordsOf(description),
            ItemType = schema.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Object
                && items.TryGetProperty("type", out var itemType) ? Strings(itemType).FirstOrDefault()?.ToLowerInvariant() ?? "string" : "string",
        };
    }

    // The first sentences say what a parameter is; a longer text is not read.
    private static string[] WordsOf(string text) =>
        [.. NameWordPattern().Matches(text.Length > 400 ? text[..400] : text).Select(match => match.Value.ToLowerInvariant())];

    private static string[] Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => [.. element.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        _ => [],
    };

    [GeneratedRegex(@"\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+")]
    private static partial Regex NameWordPattern();
}
