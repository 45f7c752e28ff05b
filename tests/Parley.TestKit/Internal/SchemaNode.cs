using System.Text.Json;

namespace Parley.TestKit.Internal;

/// <summary>One rule of a schema: reports what is wrong with a value at a place.</summary>
internal delegate void SchemaRule(JsonElement value, string pointer, List<SchemaError> errors);

/// <summary>
/// A schema object: all of its rules must hold. Filled after its creation, because definitions refer to each other.
/// </summary>
internal sealed class SchemaNode
{
    private readonly List<SchemaRule> _rules = [];

    /// <summary>Name of this node in messages: the last part of its <c>$ref</c>, or "alternative 2".</summary>
    public required string Name { get; init; }

    public void Add(SchemaRule rule) => _rules.Add(rule);

    public void Validate(JsonElement value, string pointer, List<SchemaError> errors)
    {
        foreach (var rule in _rules)
            rule(value, pointer, errors);
    }

    public List<SchemaError> Validate(JsonElement value, string pointer)
    {
        List<SchemaError> errors = [];
        Validate(value, pointer, errors);
        return errors;
    }

    public bool IsValid(JsonElement value) => Validate(value, "").Count == 0;
}
