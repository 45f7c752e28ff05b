using System.CommandLine;

namespace Parley.Cli.Commands;

/// <summary>The command line of another program: its words may be anything.</summary>
internal sealed class CommandArgument : Argument<string[]>
{
    internal CommandArgument(string description)
        : base("command")
    {
        Description = description;
        HelpName = "COMMAND";
        Arity = ArgumentArity.OneOrMore;
    }
}
