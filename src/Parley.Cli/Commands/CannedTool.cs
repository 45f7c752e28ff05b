using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary>
/// A function declared on the command line with a fixed response: <c>name={json}</c>, <c>name=text</c> or <c>name=error:text</c>.
/// </summary>
internal sealed partial class CannedTool : AIFunction
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

    internal static Option<string[]> Option()
    {
        var option = new Option<string[]>("--tool")
        {
            Description = "Declare a function and its response: name={json}, name=text or name=error:text. Repeatable",
            HelpName = "NAME=RESPONSE",
        };
        option.Validators.Add(static result =>
        {
            var names = new HashSet<string>();
            foreach (var token in result.Tokens)
            {
                if (!TryParse(token.Value, out var tool, out var error))
                    result.AddError(error);
                else if (!names.Add(tool.Name))
                    result.AddError($"--tool: the function {tool.Name} is declared twice.");
            }
        });
        return option;
    }

    /// <summary>The functions of a command line.</summary>
    internal static IReadOnlyList<LiveTool> Of(ParseResult parsed, Option<string[]> option) =>
        [.. (parsed.GetValue(option) ?? []).Select(static text => TryParse(text, out var tool, out _) ? tool : null).OfType<CannedTool>()];

    internal static bool TryParse(string text, out CannedTool tool, out string error)
    {
        (tool, error) = (null!, "");
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || !NamePattern().IsMatch(text[..equals]))
        {
            error = $"--tool must be NAME=RESPONSE, such as get_weather={{\"celsius\":4}}, not '{text}'. A name has letters, digits, '_', '.', ':' and '-', "
                + "begins with a letter or '_', and has at most 64 characters.";
            return false;
        }
        var (name, answer) = (text[..equals], text[(equals + 1)..].Trim());
        const string ErrorPrefix = "error:";
        if (answer.StartsWith(ErrorPrefix, StringComparison.Ordinal))
        {
            tool = new CannedTool(name, default, answer[ErrorPrefix.Length..]);
            return true;
        }
        try
        {
            tool = new CannedTool(name, JsonElement.Parse(answer), error: null);
        }
        catch (JsonException e) when (answer is ['{' or '[' or '"', ..])
        {
            error = $"--tool: the response of {name} is not valid JSON: {e.Message}";
            return false;
        }
        catch (JsonException)
        {
            tool = new CannedTool(name, JsonSerializer.SerializeToElement(answer), error: null);
        }
        return true;
    }

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        _error is null ? new(_answer) : throw new InvalidOperationException(_error);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$")]
    private static partial Regex NamePattern();
}
