using System.Text.Json;

namespace Parley.TestKit.Internal;

internal static class ObjectRules
{
    public static SchemaRule Required(JsonElement names)
    {
        string[] required = [.. names.EnumerateArray().Select(name => name.GetString()!)];
        return OnObject((value, pointer, errors) =>
        {
            foreach (var name in required)
            {
                if (!value.TryGetProperty(name, out _))
                    errors.Add(new(pointer, $"must have a member \"{name}\""));
            }
        });
    }

    public static SchemaRule Properties(Dictionary<string, SchemaNode> members) => OnObject((value, pointer, errors) =>
    {
        foreach (var member in value.EnumerateObject())
        {
            if (members.TryGetValue(member.Name, out var node))
                node.Validate(member.Value, Below(pointer, member.Name), errors);
        }
    });

    public static SchemaRule AdditionalProperties(HashSet<string> known, SchemaNode node) => OnObject((value, pointer, errors) =>
    {
        foreach (var member in value.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                node.Validate(member.Value, Below(pointer, member.Name), errors);
        }
    });

    public static SchemaRule PropertyNames(SchemaNode node) => OnObject((value, pointer, errors) =>
    {
        foreach (var member in value.EnumerateObject())
            node.Validate(JsonSerializer.SerializeToElement(member.Name), Below(pointer, member.Name), errors);
    });

    public static SchemaRule MinProperties(int min) => OnObject((value, pointer, errors) =>
    {
        if (value.GetPropertyCount() < min)
            errors.Add(new(pointer, $"must have {min} members or more"));
    });

    public static SchemaRule MaxProperties(int max) => OnObject((value, pointer, errors) =>
    {
        if (value.GetPropertyCount() > max)
            errors.Add(new(pointer, $"must have {max} members or fewer"));
    });

    private static SchemaRule OnObject(SchemaRule rule) => (value, pointer, errors) =>
    {
        if (value.ValueKind is JsonValueKind.Object)
            rule(value, pointer, errors);
    };

    private static string Below(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
