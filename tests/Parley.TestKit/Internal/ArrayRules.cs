using System.Text.Json;

namespace Parley.TestKit.Internal;

internal static class ArrayRules
{
    public static SchemaRule Items(SchemaNode node) => OnArray((value, pointer, errors) =>
    {
        var index = 0;
        foreach (var item in value.EnumerateArray())
            node.Validate(item, $"{pointer}/{index++}", errors);
    });

    public static SchemaRule MinItems(int min) => OnArray((value, pointer, errors) =>
    {
        if (value.GetArrayLength() < min)
            errors.Add(new(pointer, $"must have {min} items or more"));
    });

    public static SchemaRule MaxItems(int max) => OnArray((value, pointer, errors) =>
    {
        if (value.GetArrayLength() > max)
            errors.Add(new(pointer, $"must have {max} items or fewer"));
    });

    private static SchemaRule OnArray(SchemaRule rule) => (value, pointer, errors) =>
    {
        if (value.ValueKind is JsonValueKind.Array)
            rule(value, pointer, errors);
    };
}
