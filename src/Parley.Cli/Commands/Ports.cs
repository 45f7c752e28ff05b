using System.CommandLine;
using System.Globalization;

namespace Parley.Cli.Commands;

/// <summary>Options that take a TCP port.</summary>
internal static class Ports
{
    /// <summary>An option for a port from <paramref name="lowest"/> to 65535; null if it is not given.</summary>
    internal static Option<int?> Option(string name, int lowest, string description) => new(name)
    {
        Description = description,
        HelpName = "PORT",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port >= lowest && port <= ushort.MaxValue)
                return port;
            result.AddError($"{name} must be a port number from {lowest} to {ushort.MaxValue}, not '{text}'.");
            return null;
        },
    };
}
