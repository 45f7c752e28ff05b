using System.Text.Json;
using Parley.TestKit.Internal;

namespace Parley.TestKit;

/// <summary>
/// A JSON Schema (2020-12) whose definitions are used by name. It supports the keywords of the protocol's schema and
/// throws <see cref="NotSupportedException"/> at load for any other keyword, so that no rule is ignored. Thread-safe.
/// </summary>
public sealed class WireSchema
{
    private readonly Dictionary<string, SchemaNode> _definitions;

    private WireSchema(Dictionary<string, SchemaNode> definitions) => _definitions = definitions;

    /// <summary>The embedded <c>live-api.schema.json</c>.</summary>
    public static WireSchema Live { get; } = Parse(Resources.Read("live-api.schema.json"));

    public IReadOnlyCollection<string> Definitions => _definitions.Keys;

    public static WireSchema Parse(ReadOnlySpan<byte> utf8) => new(SchemaCompiler.Compile(JsonElement.Parse(utf8)));

    /// <param name="definition">Name under <c>$defs</c>, e.g. <c>ServerMessage</c>.</param>
    /// <param name="value">A message in lowerCamelCase; see <see cref="SnakeCase.ToCamelCase"/>.</param>
    /// <returns>Every error found; empty when the value is valid.</returns>
    public IReadOnlyList<SchemaError> Validate(string definition, JsonElement value)
    {
        if (!_definitions.TryGetValue(definition, out var node))
            throw new ArgumentException($"The schema has no definition '{definition}'.", nameof(definition));
        List<SchemaError> errors = [];
        node.Validate(value, "", errors);
        return errors;
    }

    /// <exception cref="ExpectationException">The value is not valid; the message lists the errors and the value.</exception>
    public void Require(string definition, JsonElement value)
    {
        var errors = Validate(definition, value);
        if (errors.Count > 0)
        {
            throw new ExpectationException(
                $"Not a valid {definition}:\n  {string.Join("\n  ", errors)}\n{Shorten.Text(value.GetRawText())}");
        }
    }
}
