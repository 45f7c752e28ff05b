using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary>
/// A function declared on the command line with a fixed response: <c>name={json}</c>, <c>name=error:text</c>, or <c>name</c> alone, which
/// responds with <c>{}</c>.
/// </summary>
internal sealed class CannedTool : AIFunction
{
    private static readonly JsonElement AnyArguments = JsonElement.Parse("""{"type":"object","properties":{}}""");

    private readonly JsonElement _answer;
    private readonly string? _error;

    private CannedTool(string name, JsonElement answer, string? error)
    {
        Name = name;
        _answer = answer;
        _error = error;
    }

    public override string Name { get; }

    public override string Description => $"The function {Name}.";

    public override JsonElement JsonSchema => AnyArguments;

    internal static LiveTool Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? text : text[..equals];
        var answer = equals < 0 ? "{}" : text[(equals + 1)..];
        const string ErrorPrefix = "error:";
        if (answer.StartsWith(ErrorPrefix, StringComparison.Ordinal))
            return new CannedTool(name, default, answer[ErrorPrefix.Length..]);
        try
        {
            return new CannedTool(name, JsonElement.Parse(answer), error: null);
        }
        catch (JsonException)
        {
            return new CannedTool(name, JsonSerializer.SerializeToElement(answer), error: null);
        }
    }

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        _error is null ? new(_answer) : throw new InvalidOperationException(_error);
}
