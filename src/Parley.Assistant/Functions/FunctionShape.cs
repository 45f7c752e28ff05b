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

    public string SpokenName => string.Join(' ', NameWords);

    public bool IsDate => Type == "string" && (Format is "date" || NameWords.Contains("date") || NameWords is [.., "day"]);

    public bool IsTime => Type == "string" && !IsDate && (Format is "time" || NameWords is [.., "time"]);

    /// <summary>A string that may hold anything.</summary>
    public bool IsFreeText => Type == "string" && EnumValues.Count == 0 && !IsDate && !IsTime;
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
        return new ParameterShape(property.Name, name.ToLowerInvariant(), format, values, required);
    }

    private static string[] Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => [.. element.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        _ => [],
    };

    [GeneratedRegex(@"\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+")]
    private static partial Regex NameWordPattern();
}
