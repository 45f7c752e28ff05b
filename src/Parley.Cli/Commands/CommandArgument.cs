using System.CommandLine;

namespace Parley.Cli.Commands;

/// <summary>The command line of another program: its words may be anything.</summary>
internal sealed class CommandArgument : Argument<string[]>
{
    internal CommandArgument(string description, string name = "command", bool isRequired = true)
        : base(name)
    {
        Description = description;
        HelpName = name.ToUpperInvariant();
        Arity = isRequired ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore;
    }
}
