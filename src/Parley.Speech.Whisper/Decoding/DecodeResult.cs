using System.Text;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>A token of the text.</summary>
/// <param name="Text">Its text; a character that is split between tokens is not readable here.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
internal readonly record struct DecodedToken(string Text, float LogProbability);

/// <summary>What Whisper heard.</summary>
internal sealed record DecodeResult
{
    /// <summary>The result of a request that was cancelled.</summary>
    public static DecodeResult Cancelled { get; } = new() { IsCancelled = true };

    /// <summary>Whether the request was cancelled; then there is nothing else.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>The text as Whisper writes it.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whisper's code of the language: that of the request, or the detected one.</summary>
    public string Language { get; init; } = "";

    /// <summary>Probability that there is no speech in the audio, 0 to 1.</summary>
    public float NoSpeech { get; init; }

    /// <summary>The tokens of the text, without timestamps.</summary>
    public IReadOnlyList<DecodedToken> Tokens { get; init; } = [];

    /// <summary>How long decoding took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The mean of the tokens' log probabilities; 0 without tokens.</summary>
    public float AverageLogProbability => Tokens.Count == 0 ? 0 : Tokens.Average(static token => token.LogProbability);

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8))
        {
            writer.Write(IsCancelled);
            writer.Write(Text);
            writer.Write(Language);
            writer.Write(NoSpeech);
            writer.Write(Elapsed.Ticks);
            writer.Write(Tokens.Count);
            foreach (var token in Tokens)
            {
                writer.Write(token.Text);
                writer.Write(token.LogProbability);
            }
        }
        return bytes.ToArray();
    }

    public static DecodeResult From(ReadOnlySpan<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
        var result = new DecodeResult
        {
            IsCancelled = reader.ReadBoolean(), Text = reader.ReadString(), Language = reader.ReadString(), NoSpeech = reader.ReadSingle(),
            Elapsed = TimeSpan.FromTicks(reader.ReadInt64()),
        };
        var tokens = new DecodedToken[reader.ReadInt32()];
        foreach (ref var token in tokens.AsSpan())
            token = new DecodedToken(reader.ReadString(), reader.ReadSingle());
        return result with { Tokens = tokens };
    }
}
