using System.Globalization;
using Parley.Server.Brains.Arithmetic;
using Parley.Server.Brains.Languages;
using Parley.Server.Brains.Scripted;

namespace Parley.Server.Brains.Intents;

/// <summary>Works out sums, in digits or in words.</summary>
internal static class ArithmeticIntent
{
    public static string? Answer(ScriptTurn turn)
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
    private static string Write(decimal value, ScriptTurn turn)
    {
        var rounded = Math.Round(value, 6, MidpointRounding.AwayFromZero);
        var format = rounded == 0 && value != 0 ? "0.############################" : "0.######";
        return (rounded == 0 && value == 0 ? 0 : value).ToString(format, CultureInfo.InvariantCulture)
            .Replace('.', turn.Language.Vocabulary.DecimalSeparator);
    }
}
