using System.Globalization;
using Parley.Assistant.Arithmetic;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>Works out sums, in digits or in words.</summary>
internal static class ArithmeticIntent
{
    public static string? Answer(TurnContext turn)
    {
        try
        {
            var tokens = SumReader.Read(turn.Heard.Text, turn.Language);
            return tokens.Count > 0 && SumParser.Evaluate(tokens) is { } value ? turn.Phrases.Sum.With(Write(value, turn)) : null;
        }
        catch (DivideByZeroException)
        {
            return turn.Phrases.DivisionByZero;
        }
        catch (NotFiniteNumberException)
        {
            return turn.Phrases.NoRealResult;
        }
        catch (OverflowException)
        {
            return turn.Phrases.NumberTooLarge;
        }
    }

    // Six decimal places are easy to follow by ear; a result that would round to zero keeps all its places.
    private static string Write(decimal value, TurnContext turn)
    {
        var rounded = Math.Round(value, 6, MidpointRounding.AwayFromZero);
        var format = rounded == 0 && value != 0 ? "0.############################" : "0.######";
        return (rounded == 0 && value == 0 ? 0 : value).ToString(format, CultureInfo.InvariantCulture)
            .Replace('.', turn.Language.Vocabulary.DecimalSeparator);
    }
}
