namespace Parley.EndToEnd.Harness;

/// <summary>The "name: value" lines that a script printed.</summary>
internal sealed class ScriptFacts(string script, IReadOnlyList<OutputLine> lines)
{
    public string Script { get; } = script;

    /// <exception cref="ExpectationException">The script printed no such fact.</exception>
    public string this[string name] =>
        lines.FirstOrDefault(line => !line.IsError && line.Text.StartsWith($"{name}: ", StringComparison.Ordinal)) is { } line
            ? line.Text[(name.Length + 2)..]
            : throw new ExpectationException($"{Script} printed no '{name}':{Environment.NewLine}{this}");

    public override string ToString() => string.Join(Environment.NewLine, lines.Select(line => "  " + line.Text));
}
