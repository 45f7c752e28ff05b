using System.Text.Json;

namespace Parley.TestKit.Internal;

/// <summary>Compiles the JSON of the schema into rules, and refuses every keyword that has no rule.</summary>
internal sealed class SchemaCompiler
{
    private const string ReferencePrefix = "#/$defs/";

    private readonly Dictionary<string, SchemaNode> _definitions = new(StringComparer.Ordinal);

    public static Dictionary<string, SchemaNode> Compile(JsonElement root)
    {
        var compiler = new SchemaCompiler();
        var sources = root.GetProperty("$defs").EnumerateObject().ToArray();
        foreach (var source in sources)
            compiler._definitions.Add(source.Name, new SchemaNode { Name = source.Name });
        foreach (var source in sources)
            compiler.Fill(compiler._definitions[source.Name], source.Value, ReferencePrefix + source.Name);
        // The root is a union that is never used, but its keywords are checked too.
        compiler.Build(root, "root", "#", isRoot: true);
        return compiler._definitions;
    }

    private SchemaNode Build(JsonElement schema, string name, string place, bool isRoot = false)
    {
        var node = new SchemaNode { Name = name };
        Fill(node, schema, place, isRoot);
        return node;
    }

    private void Fill(SchemaNode node, JsonElement schema, string place, bool isRoot = false)
    {
        if (schema.ValueKind is JsonValueKind.True)
            return;
        if (schema.ValueKind is JsonValueKind.False)
        {
            node.Add((_, pointer, errors) => errors.Add(new(pointer, "is not allowed")));
            return;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            if (Rule(keyword.Name, keyword.Value, schema, $"{place}/{keyword.Name}", isRoot) is { } rule)
                node.Add(rule);
        }
    }

    private SchemaRule? Rule(string keyword, JsonElement value, JsonElement schema, string place, bool isRoot) => keyword switch
    {
        "title" or "description" or "deprecated" => null,
        "$schema" or "$id" or "$defs" when isRoot => null,
        "$ref" => Reference(value.GetString()!).Validate,
        "type" => ValueRules.Type(value),
        "enum" => ValueRules.Enum(value),
        "pattern" => ValueRules.Pattern(value.GetString()!),
        "minLength" => ValueRules.MinLength(value.GetInt32()),
        "maxLength" => ValueRules.MaxLength(value.GetInt32()),
        "minimum" => ValueRules.Minimum(value.GetDouble()),
        "maximum" => ValueRules.Maximum(value.GetDouble()),
        "required" => ObjectRules.Required(value),
        "minProperties" => ObjectRules.MinProperties(value.GetInt32()),
        "maxProperties" => ObjectRules.MaxProperties(value.GetInt32()),
        "properties" => ObjectRules.Properties(Members(value, place)),
        "propertyNames" => ObjectRules.PropertyNames(Build(value, "name", place)),
        "additionalProperties" => ObjectRules.AdditionalProperties(NamesBeside(schema), Build(value, "additional member", place)),
        "items" => ArrayRules.Items(Build(value, "item", place)),
        "minItems" => ArrayRules.MinItems(value.GetInt32()),
        "maxItems" => ArrayRules.MaxItems(value.GetInt32()),
        "allOf" => Combinators.AllOf(Alternatives(value, place)),
        "anyOf" => Combinators.AnyOf(Alternatives(value, place)),
        "oneOf" => Combinators.OneOf(Alternatives(value, place)),
        "not" => Combinators.Not(Build(value, "not", place), value),
        _ => throw new NotSupportedException($"The schema validator has no rule for '{keyword}' at {place}. Add it."),
    };

    private SchemaNode Reference(string reference) =>
        reference.StartsWith(ReferencePrefix, StringComparison.Ordinal)
        && _definitions.TryGetValue(reference[ReferencePrefix.Length..], out var node)
            ? node
            : throw new NotSupportedException($"The schema refers to '{reference}', which is not a definition.");

    private Dictionary<string, SchemaNode> Members(JsonElement properties, string place) => properties.EnumerateObject()
        .ToDictionary(member => member.Name, member => Build(member.Value, member.Name, $"{place}/{member.Name}"), StringComparer.Ordinal);

    private SchemaNode[] Alternatives(JsonElement schemas, string place) =>
        [.. schemas.EnumerateArray().Select((schema, index) => Build(schema, NameOf(schema, index), $"{place}/{index}"))];

    private static string NameOf(JsonElement schema, int index) =>
        schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/')[^1]
            : $"alternative {index + 1}";

    private static HashSet<string> NamesBeside(JsonElement schema) => schema.TryGetProperty("properties", out var properties)
        ? [.. properties.EnumerateObject().Select(member => member.Name)]
        : [];
}
