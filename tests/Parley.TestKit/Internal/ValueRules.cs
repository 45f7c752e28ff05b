using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.TestKit.Internal;

/// <summary>Rules on single values. A rule for strings ignores numbers, and so on.</summary>
internal static class ValueRules
{
    public static SchemaRule Type(JsonElement types)
    {
        string[] names = types.ValueKind is JsonValueKind.Array
            ? [.. types.EnumerateArray().Select(type => type.GetString()!)]
            : [types.GetString()!];
        var tests = Array.ConvertAll(names, TestFor);
        var expected = string.Join(" or ", names);
        return (value, pointer, errors) =>
        {
            if (!tests.Any(test => test(value)))
                errors.Add(new(pointer, $"is {Describe(value)}, must be {expected}"));
        };
    }

    public static SchemaRule Enum(JsonElement values)
    {
        JsonElement[] allowed = [.. values.EnumerateArray().Select(value => value.Clone())];
        return (value, pointer, errors) =>
        {
            if (!allowed.Any(candidate => JsonElement.DeepEquals(candidate, value)))
                errors.Add(new(pointer, $"is {Describe(value)}, must be one of {string.Join(", ", allowed)}"));
        };
    }

    public static SchemaRule Pattern(string pattern)
    {
        var regex = new Regex(EndMeansEnd(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return OnString((text, pointer, errors) =>
        {
            if (!regex.IsMatch(text))
                errors.Add(new(pointer, $"is \"{Shorten.Text(text)}\", must match {pattern}"));
        });
    }

    public static SchemaRule MinLength(int min) => OnString((text, pointer, errors) =>
    {
        if (text.EnumerateRunes().Count() < min)
            errors.Add(new(pointer, $"must have {min} characters or more"));
    });

    public static SchemaRule MaxLength(int max) => OnString((text, pointer, errors) =>
    {
        if (text.EnumerateRunes().Count() > max)
            errors.Add(new(pointer, $"must have {max} characters or fewer"));
    });

    public static SchemaRule Minimum(double min) => OnNumber((number, pointer, errors) =>
    {
        if (number < min)
            errors.Add(new(pointer, string.Create(CultureInfo.InvariantCulture, $"is {number}, must be {min} or more")));
    });

    public static SchemaRule Maximum(double max) => OnNumber((number, pointer, errors) =>
    {
        if (number > max)
            errors.Add(new(pointer, string.Create(CultureInfo.InvariantCulture, $"is {number}, must be {max} or less")));
    });

    private static SchemaRule OnString(Action<string, string, List<SchemaError>> rule) => (value, pointer, errors) =>
    {
        if (value.ValueKind is JsonValueKind.String)
            rule(value.GetString()!, pointer, errors);
    };

    private static SchemaRule OnNumber(Action<double, string, List<SchemaError>> rule) => (value, pointer, errors) =>
    {
        if (value.ValueKind is JsonValueKind.Number)
            rule(value.GetDouble(), pointer, errors);
    };

    private static Predicate<JsonElement> TestFor(string type) => type switch
    {
        "object" => value => value.ValueKind is JsonValueKind.Object,
        "array" => value => value.ValueKind is JsonValueKind.Array,
        "string" => value => value.ValueKind is JsonValueKind.String,
        "number" => value => value.ValueKind is JsonValueKind.Number,
        "integer" => value => value.ValueKind is JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        "boolean" => value => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value => value.ValueKind is JsonValueKind.Null,
        _ => throw new NotSupportedException($"JSON Schema has no type '{type}'."),
    };

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Shorten.Text(value.GetRawText()),
    };

    // In .NET a bare $ also matches before a final newline; in JSON Schema it means the end.
    private static string EndMeansEnd(string pattern)
    {
        var result = new StringBuilder(pattern.Length);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                result.Append(pattern, i++, 2);
                continue;
            }

            inClass = pattern[i] == '[' || (inClass && pattern[i] != ']');
            result.Append(pattern[i] == '$' && !inClass ? @"\z" : pattern[i].ToString());
        }

        return result.ToString();
    }
}
