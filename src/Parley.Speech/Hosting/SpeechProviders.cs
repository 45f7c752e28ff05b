namespace Parley.Speech.Hosting;

/// <summary>Names of engines in configuration.</summary>
internal static class SpeechProviders
{
    public const string Auto = "auto";
    public const string None = "none";
    public const string PocketSphinx = "pocketsphinx";
    public const string OpenAI = "openai";
    public const string Silero = "silero";
    public const string Energy = "energy";
    public const string Flite = "flite";
    public const string Espeak = "espeak";
    public const string Tone = "tone";
    public const string Piper = "piper";
    public const string Kokoro = "kokoro";

    /// <summary>Creates an engine; errors name the configuration section.</summary>
    public static T Configured<T>(string section, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{section}: {e.Message}", e);
        }
    }
}
