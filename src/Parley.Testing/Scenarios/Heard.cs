using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Scenarios;

namespace Parley.Testing;

/// <summary>Conditions on what the server heard.</summary>
public static class Heard
{
    /// <summary>Any turn.</summary>
    public static TurnMatch Anything { get; } = new("anything", static _ => null);

    /// <summary>A turn whose text, or whose transcript, contains these words; case is ignored.</summary>
    public static TurnMatch Text(string words)
    {
        ArgumentException.ThrowIfNullOrEmpty(words);
        return Words($"text that contains \"{words}\"", said => said.Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A turn whose text, or whose transcript, is exactly this.</summary>
    public static TurnMatch ExactText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Words($"the text \"{text}\"", said => said == text);
    }

    /// <summary>A turn whose text, or whose transcript, matches a regular expression.</summary>
    /// <exception cref="ArgumentException">The pattern is not a regular expression.</exception>
    public static TurnMatch Pattern(string pattern)
    {
        // Linear time, whatever the pattern.
        var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return Words($"text that matches /{pattern}/", regex.IsMatch);
    }

    /// <summary>A turn with audio in which the server heard speech, or that the client marked as activity.</summary>
    /// <param name="min">Shortest duration; default any.</param>
    /// <param name="max">Longest duration; default any.</param>
    public static TurnMatch Speech(TimeSpan? min = null, TimeSpan? max = null)
    {
        var range = (min, max) switch
        {
            (null, null) => "",
            ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $" of at least {least.TotalSeconds:0.##} s"),
            (null, { } most) => string.Create(CultureInfo.InvariantCulture, $" of at most {most.TotalSeconds:0.##} s"),
            ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $" of {least.TotalSeconds:0.##} to {most.TotalSeconds:0.##} s"),
        };
        return new("speech" + range, turn =>
            turn.Audio.IsEmpty ? "there was no audio"
            : turn.AudioDuration < min || turn.AudioDuration > max ? string.Create(CultureInfo.InvariantCulture, $"it was {turn.AudioDuration.TotalSeconds:0.00} s long")
            : null);
    }

    /// <summary>Audio at least this loud.</summary>
    /// <param name="levelDb">RMS level in dBFS, such as −30.</param>
    public static TurnMatch Louder(double levelDb) => new(
        string.Create(CultureInfo.InvariantCulture, $"audio of at least {levelDb:0.#} dBFS"),
        turn => turn.Audio.IsEmpty ? "there was no audio" : turn.LevelDb < levelDb ? string.Create(CultureInfo.InvariantCulture, $"its level was {turn.LevelDb:0.0} dBFS") : null);

    /// <summary>
    /// A known recording, whatever its chunks, its level and the silence around it. What was sent is compared with the recording by its envelope: no speech
    /// recognition is needed.
    /// </summary>
    /// <param name="recording">The recording.</param>
    public static TurnMatch Recording(WavFile recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var print = AudioFingerprint.Of(recording);
        return new(
            string.Create(CultureInfo.InvariantCulture, $"a recording of {recording.Duration.TotalSeconds:0.00} s"),
            turn => turn.Audio.IsEmpty ? "there was no audio" : print.Mismatch(AudioFingerprint.Of(turn.Audio.Span)));
    }

    /// <inheritdoc cref="Recording(WavFile)"/>
    /// <param name="path">A WAV file.</param>
    public static TurnMatch Recording(string path)
    {
        var match = Recording(WavFile.Load(path));
        return new($"the recording {Path.GetFileName(path)}", match.Mismatch);
    }

    /// <summary>A turn with a picture.</summary>
    /// <param name="mimeType">Its media type, such as <c>image/png</c>; null = any.</param>
    public static TurnMatch Picture(string? mimeType = null) => new(
        mimeType is null ? "a picture" : $"a picture of type {mimeType}",
        turn => turn.Pictures.Count == 0 ? "there was no picture"
            : mimeType is null || turn.Pictures.Any(picture => string.Equals(picture.MimeType, mimeType, StringComparison.OrdinalIgnoreCase)) ? null
            : $"its pictures were {string.Join(", ", turn.Pictures.Select(static picture => picture.MimeType))}");

    /// <summary>A response to a function call that no running reply waits for.</summary>
    /// <param name="name">Name of the function.</param>
    /// <param name="where">A condition on the response object; null = any.</param>
    public static TurnMatch ToolResponse(string name, Func<JsonElement, bool>? where = null) => new($"a response of {name}", turn =>
    {
        var responses = turn.ToolResponses.Where(response => response.Name == name).ToList();
        return responses.Count == 0 ? $"there was no response of {name}"
            : where is null || responses.Exists(response => response.Response is { } value && where(value)) ? null
            : $"the response was {string.Join(", ", responses.Select(static response => response.Response?.GetRawText() ?? "empty"))}";
    });

    /// <summary>A turn in a session whose setup meets a condition.</summary>
    public static TurnMatch Setup(Func<Setup, bool> where, string description = "a setup that meets a condition")
    {
        ArgumentNullException.ThrowIfNull(where);
        return new(description, turn => where(turn.Setup) ? null : "the setup is another");
    }

    /// <summary>A turn with this number in its session, from 1.</summary>
    public static TurnMatch Turn(int number) => new($"turn {number}", turn => turn.Number == number ? null : $"it was turn {turn.Number}");

    /// <summary>Any condition of yours.</summary>
    /// <param name="predicate">Whether the turn meets it.</param>
    /// <param name="description">The condition in words, for messages.</param>
    public static TurnMatch That(Func<UserTurn, bool> predicate, string description)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        return new(description, turn => predicate(turn) ? null : "it does not");
    }

    private static TurnMatch Words(string description, Func<string, bool> matches) => new(description, turn =>
        turn.Text.Length == 0 && turn.Transcript is null ? "there was no text" + (turn.Audio.IsEmpty ? "" : ", and the audio has no transcript")
        : (turn.Text.Length > 0 && matches(turn.Text)) || (turn.Transcript is { } spoken && matches(spoken)) ? null
        : $"the text was \"{(turn.Text.Length > 0 ? turn.Text : turn.Transcript)}\"");
}
