using System.Text;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>How to decode at most half a minute of audio.</summary>
/// <param name="Number">Tells it from other requests, to cancel it.</param>
/// <param name="Language">Whisper's code of the language; null to detect it, which costs another run of the encoder over 30 s.</param>
/// <param name="Prompt">Text that could have preceded the speech: Whisper prefers its words and style.</param>
/// <param name="AudioContext">Length of the encoder's input in frames of 20 ms; not more than the model has. The rest of 30 s is not computed.</param>
/// <param name="Threads">Threads of the computation.</param>
/// <param name="MaxTokens">The most tokens of text, which ends a loop.</param>
/// <param name="TemperatureStep">If the most likely text is implausible, decode again with a temperature higher by this much; 0 = never.</param>
internal readonly record struct DecodeRequest(
    int Number, string? Language, string Prompt, int AudioContext, int Threads, int MaxTokens, float TemperatureStep)
{
    /// <summary>The longest audio of a request: what Whisper hears at once.</summary>
    public const int MaxSamples = 30 * 16_000;

    /// <summary>The request as message content; the audio follows it.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8))
        {
            writer.Write(Number);
            writer.Write(Language ?? "");
            writer.Write(Prompt);
            writer.Write(AudioContext);
            writer.Write(Threads);
            writer.Write(MaxTokens);
            writer.Write(TemperatureStep);
        }
        return bytes.ToArray();
    }

    /// <summary>Reads a request and finds the audio after it.</summary>
    public static DecodeRequest From(byte[] content, out int audioAt)
    {
        using var bytes = new MemoryStream(content);
        using var reader = new BinaryReader(bytes, Encoding.UTF8);
        var request = new DecodeRequest(
            reader.ReadInt32(), reader.ReadString() is { Length: > 0 } language ? language : null, reader.ReadString(), reader.ReadInt32(),
            reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle());
        audioAt = (int)bytes.Position;
        return request;
    }
}
