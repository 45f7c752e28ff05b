using System.Text.RegularExpressions;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Rules;

/// <summary>The parts of a system instruction that fixed rules can follow: language, name and greeting.</summary>
internal sealed partial record Persona(Language Language, string Name, string? Greeting)
{
    /// <summary>Most characters of an instruction that are read; the relevant parts are usually at the start.</summary>
    private const int MaxInstructionLength = 8_000;

    /// <param name="instruction">The system instruction.</param>
    /// <param name="languageCode">BCP-47 code of the session, used if the instruction names no language.</param>
    public static Persona From(string? instruction, string? languageCode = null)
    {
        var text = Utterance.Clean(instruction ?? "");
        text = text.Length > MaxInstructionLength ? text[..MaxInstructionLength] : text;
        var name = NamePattern().Match(text);
        var greeting = GreetingPattern().Match(text);
        return new Persona(
            LanguageChoice.From(text, languageCode),
            name.Success ? name.Groups["name"].Value : "Parley",
            greeting.Success ? greeting.Groups["greeting"].Value.Trim() : null);
    }

    [GeneratedRegex(
        @"(?:(?i:\byour name is|\byou are (?:called|named)|\byou're called|\bdein name ist|\bdu hei(?:ß|ss)t|\btu t['’]appelles|\bton nom est|\bte llamas|\btu nombre es|\bnazywasz się|\bmasz na imię)|\b[Yy]ou are(?= \p{Lu}[\p{L}-]*(?: \p{Lu}[\p{L}-]*)?[,.;!]))\s+[""“„«]?(?<name>\p{Lu}[\p{L}\d'’-]{0,40}(?: \p{Lu}[\p{L}\d'’-]{0,40})?)",
        RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(
        @"(?:greet|begrü(?:ß|ss)|salue|saluda|przywitaj|powitaj|(?:open|start|begin)(?: \w+){0,4} (?:with|saying))[^""“„«]{0,80}[""“„«](?<greeting>[^""“”„»]{1,400})[""“”»]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex GreetingPattern();
}
