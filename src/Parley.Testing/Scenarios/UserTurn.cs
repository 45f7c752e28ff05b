using System.Globalization;
using System.Text;
using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Scenarios;

namespace Parley.Testing;

/// <summary>One turn of the user, as the scripted server received it: everything since the previous answer.</summary>
public sealed record UserTurn
{
    /// <summary>Number of the turn in its session, from 1; a resumed session goes on counting.</summary>
    public int Number { get; init; }

    /// <summary>Number of the connection on the server, from 1.</summary>
    public int Connection { get; init; }

    /// <summary>Texts of <c>realtimeInput.text</c> and <c>clientContent</c>, joined by line ends; empty if there are none.</summary>
    public string Text { get; init; } = "";

    /// <summary>Words of the audio, if <see cref="LiveTestServerOptions.Recognize"/> or a known recording tells them; null otherwise.</summary>
    public string? Transcript { get; init; }

    /// <summary>The audio of the turn's utterances: 16 kHz PCM16 mono, empty if there was none.</summary>
    public ReadOnlyMemory<byte> Audio { get; init; }

    /// <summary>Duration of <see cref="Audio"/>.</summary>
    public TimeSpan AudioDuration => PcmFormat.Hz16000.DurationOfBytes(Audio.Length);

    /// <summary>Level of <see cref="Audio"/> in dBFS (RMS): 0 is full scale, −100 and below is silence.</summary>
    public double LevelDb => AudioLevel.Db(Audio.Span);

    /// <summary>Pictures and video frames of the turn.</summary>
    public IReadOnlyList<Blob> Pictures { get; init; } = [];

    /// <summary>Responses to function calls that no running reply waited for.</summary>
    public IReadOnlyList<FunctionResponse> ToolResponses { get; init; } = [];

    /// <summary>The setup of the session.</summary>
    public required Setup Setup { get; init; }

    /// <summary>What was said or written, for messages: the text, or the transcript in quotation marks, or the kinds of input.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Text.Length > 0)
            parts.Add($"text \"{Shorten(Text)}\"");
        if (!Audio.IsEmpty)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"audio of {AudioDuration.TotalSeconds:0.00} s at {LevelDb:0} dBFS{(Transcript is null ? "" : $" (\"{Shorten(Transcript)}\")")}"));
        if (Pictures.Count > 0)
            parts.Add(Pictures.Count == 1 ? "a picture" : $"{Pictures.Count} pictures");
        foreach (var response in ToolResponses)
            parts.Add($"a response of {response.Name}");
        return parts.Count == 0 ? "an empty turn" : string.Join(", ", parts);
    }

    private static string Shorten(string text)
    {
        var line = new StringBuilder(text.Length).Append(text).Replace('\n', ' ').ToString();
        return line.Length <= 80 ? line : string.Concat(line.AsSpan(0, 79), "…");
    }
}
