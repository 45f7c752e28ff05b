namespace Parley.Speech.Synthesis.Neural;

/// <summary>A synthesizer of some languages.</summary>
internal interface ILanguageVoice : ISpeechSynthesizer
{
    /// <summary>Whether it speaks a language.</summary>
    /// <param name="language">BCP-47 code.</param>
    bool Speaks(string language);
}
