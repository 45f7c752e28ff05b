using Parley.Cascade.Answering;

namespace Parley.Assistant.Languages;

/// <summary>The language the assistant answers in.</summary>
internal static class LanguageChoice
{
    private static readonly Language[] Known = [English.Language, German.Language, French.Language, Spanish.Language, Polish.Language];

    /// <param name="instruction">The system instruction.</param>
    /// <param name="languageCode">Used if the instruction names no language. English if neither does, or if the language is not
    /// supported.</param>
    public static Language From(string instruction, string? languageCode = null)
    {
        var code = InstructionLanguage.Of(instruction) ?? languageCode?.Split('-', '_')[0];
        return Known.FirstOrDefault(language => language.Code.Equals(code, StringComparison.OrdinalIgnoreCase)) ?? English.Language;
    }
}
