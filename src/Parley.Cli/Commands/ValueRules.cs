using System.CommandLine;
using System.CommandLine.Parsing;

namespace Parley.Cli.Commands;

/// <summary>
/// What holds for the values of all options and arguments: none is empty, and none contains a NUL, which no file name can. A misspelled
/// option is not taken for an argument.
/// </summary>
internal static class ValueRules
{
    internal static void Apply(Command command)
    {
        foreach (var option in command.Options.Where(static option => option.ValueType != typeof(bool)))
            option.Validators.Insert(0, result => Check(option.Name, option.HelpName, result.Tokens, result.AddError));
        foreach (var argument in command.Arguments)
        {
            if (argument is CommandArgument)
            {
                // The other words are for the command.
                argument.Validators.Insert(0, static result =>
                {
                    if (result.Tokens is [{ Value: var first }, ..] && IsOption(first))
                        result.AddError($"'{first}' is not an option of this command, and no command to run.");
                });
                continue;
            }
            argument.Validators.Insert(0, result =>
            {
                Check(argument.HelpName ?? argument.Name, null, result.Tokens, result.AddError);
                foreach (var token in result.Tokens.Where(static token => IsOption(token.Value)))
                    result.AddError($"'{token.Value}' is not an option of this command.");
            });
        }
        foreach (var subcommand in command.Subcommands)
            Apply(subcommand);
    }

    internal static bool IsOption(string text) => text is ['-', '-', ..] || (text is ['-', var letter, ..] && char.IsAsciiLetter(letter));

    private static void Check(string name, string? helpName, IReadOnlyList<Token> tokens, Action<string> addError)
    {
        foreach (var token in tokens)
        {
            if (string.IsNullOrWhiteSpace(token.Value))
                addError($"{name} is empty. Give {helpName ?? "a value"}.");
            else if (token.Value.Contains('\0', StringComparison.Ordinal))
                addError($"{name} contains a NUL character. Give {helpName ?? "a text"} without it.");
        }
    }
}
