using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Parley.Cli.Commands;

/// <summary>Options that take a whole number.</summary>
internal static class Numbers
{
    /// <summary>The value that removes a limit.</summary>
    internal const string None = "none";

    /// <summary>An option that changes a limit: a number from <paramref name="lowest"/>, or <c>none</c>; null if it is not given.</summary>
    internal static Option<LimitChange<T>?> LimitOption<T>(string name, T lowest, string description)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            HelpName = "COUNT",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (text == None)
                    return new LimitChange<T>(null);
                if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest)
                    return new LimitChange<T>(number);
                result.AddError($"{name} must be a whole number from {lowest} to {T.MaxValue}, or {None}, not '{text}'.");
                return null;
            },
        };

    /// <summary>An option for a number from <paramref name="lowest"/> to <paramref name="highest"/>; null if it is not given.</summary>
    internal static Option<T?> Option<T>(string name, T lowest, string description, T? highest = null)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            HelpName = "COUNT",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= (highest ?? T.MaxValue))
                    return number;
                result.AddError($"{name} must be a whole number from {lowest} to {highest ?? T.MaxValue}, not '{text}'.");
                return null;
            },
        };
}

/// <summary>The new value of a limit.</summary>
/// <param name="Limit">The limit; null = no limit.</param>
internal sealed record LimitChange<T>(T? Limit)
    where T : struct;
