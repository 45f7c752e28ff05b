using System.Globalization;
using Parley.Assistant.Arithmetic;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Intents;

/// <summary>Works out sums, in digits or in words.</summary>
internal static class ArithmeticIntent
{
    public static string? Answer(RuleTurn turn)
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

    // Six places are what a listener can follow; a result that would vanish keeps all it has.
    private static string Write(decimal value, RuleTurn turn)
    {
        var rounded = Math.Round(value, 6, MidpointRounding.AwayFromZero);
        var format = rounded == 0 && value != 0 ? "0.############################" : "0.######";
        return (rounded == 0 && value == 0 ? 0 : value).ToString(format, CultureInfo.InvariantCulture)
            .Replace('.', turn.Language.Vocabulary.DecimalSeparator);
    }
}
