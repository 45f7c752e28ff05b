using System.Text.Json;

namespace Parley.TestKit.Internal;

/// <summary>Rules that combine schemas.</summary>
internal static class Combinators
{
    public static SchemaRule AllOf(SchemaNode[] nodes) => (value, pointer, errors) =>
    {
        foreach (var node in nodes)
            node.Validate(value, pointer, errors);
    };

    public static SchemaRule AnyOf(SchemaNode[] nodes) => (value, pointer, errors) => Match(nodes, value, pointer, errors);

    public static SchemaRule OneOf(SchemaNode[] nodes) => (value, pointer, errors) =>
    {
        var matches = Match(nodes, value, pointer, errors);
        if (matches.Count > 1)
            errors.Add(new(pointer, $"must be exactly one of these, is {string.Join(" and ", matches)}"));
    };

    public static SchemaRule Not(SchemaNode node, JsonElement schema)
    {
        var forbidden = Shorten.Text(JsonSerializer.Serialize(schema));
        return (value, pointer, errors) =>
        {
            if (node.IsValid(value))
                errors.Add(new(pointer, $"must not match {forbidden}"));
        };
    }

    // If nothing matches, report the alternative that got deepest into the value: most likely the one that was meant.
    private static List<string> Match(SchemaNode[] nodes, JsonElement value, string pointer, List<SchemaError> errors)
    {
        List<string> matches = [];
        (string Name, List<SchemaError> Errors)? closest = null;
        foreach (var node in nodes)
        {
            var found = node.Validate(value, pointer);
            if (found.Count == 0)
            {
                matches.Add(node.Name);
            }
            else if (closest is null || Depth(found) > Depth(closest.Value.Errors))
            {
                closest = (node.Name, found);
            }
        }

        if (matches.Count == 0)
        {
            errors.Add(new(pointer, $"matches none of {string.Join(", ", nodes.Select(node => node.Name))}"));
            errors.AddRange(closest?.Errors.Select(error => error with { Message = $"{error.Message} (as {closest.Value.Name})" }) ?? []);
        }

        return matches;
    }

    private static int Depth(List<SchemaError> errors) => errors.Max(error => error.Path.Count(letter => letter == '/'));
}
