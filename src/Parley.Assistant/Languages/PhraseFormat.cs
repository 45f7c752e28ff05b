using System.Globalization;

namespace Parley.Assistant.Languages;

internal static class PhraseFormat
{
    /// <summary>The phrase with its numbered braces filled in.</summary>
    public static string With(this string phrase, params object[] values) => string.Format(CultureInfo.InvariantCulture, phrase, values);
}
