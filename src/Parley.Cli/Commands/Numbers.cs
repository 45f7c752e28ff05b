using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Parley.Cli.Commands;

/// <summary>Options that take a whole number.</summary>
internal static class Numbers
{
    /// <summary>An option for a number from <paramref name="lowest"/>; null if it is not given.</summary>
    internal static Option<T?> Option<T>(string name, T lowest, string description)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            HelpName = "COUNT",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest)
                    return number;
                result.AddError($"{name} must be a whole number from {lowest} to {T.MaxValue}, not '{text}'.");
                return null;
            },
        };
}
