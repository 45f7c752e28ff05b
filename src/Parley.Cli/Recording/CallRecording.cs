using System.Text.Json;
using Parley.Protocol;
using Parley.Testing;

namespace Parley.Cli.Recording;

/// <summary>A message of a recorded call.</summary>
/// <param name="At">Time since the beginning of the call.</param>
/// <param name="FromClient">Whether the client sent it.</param>
/// <param name="Message">The message.</param>
internal sealed record RecordedMessage(TimeSpan At, bool FromClient, JsonElement Message);

/// <summary>A recording to listen to: of <see cref="CallRecorder"/> with the audio as it was played, or any other with the audio of its messages.</summary>
internal sealed class CallRecording
{
    private CallRecording(WavFile audio, IReadOnlyList<RecordedMessage> messages)
    {
        Audio = audio;
        Messages = messages;
    }

    /// <summary>Both sides mixed, 24 kHz.</summary>
    internal WavFile Audio { get; }

    internal IReadOnlyList<RecordedMessage> Messages { get; }

    /// <exception cref="CommandException">It is no recording, or a damaged one.</exception>
    internal static CallRecording Load(string path)
    {
        try
        {
            var cassette = Cassette.Load(path);
            var (user, model) = (Path.Combine(path, CallRecorder.UserFile), Path.Combine(path, CallRecorder.ModelFile));
            if (File.Exists(user) && File.Exists(model))
                return new CallRecording(Mix(WavFile.Load(user), WavFile.Load(model)), MessagesOf(cassette));
            var (audio, messages) = CassetteAudio.Of(cassette);
            return new CallRecording(audio, messages);
        }
        catch (CassetteException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"The recording in {path} cannot be read: {e.Message}", ExitCodes.Failure);
        }
    }

    /// <summary>A message; null if it is not a JSON object.</summary>
    internal static JsonElement? TryParse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonElement.Parse(payload) is { ValueKind: JsonValueKind.Object } message ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<RecordedMessage> MessagesOf(Cassette cassette) =>
    [
        .. cassette.Entries.Where(static entry => entry.CloseCode is null && !entry.IsLost)
            .Select(entry => TryParse(cassette.PayloadOf(entry).Span) is { } message
                ? new RecordedMessage(entry.Time, entry.Direction == Server.LiveDirection.FromClient, message) : null)
            .OfType<RecordedMessage>(),
    ];

    private static WavFile Mix(WavFile user, WavFile model)
    {
        var resampler = new Resampler(user.SampleRateHz, AudioFormat.OutputRateHz);
        var near = new short[resampler.MaxOutputSamples(user.Samples.Length) + resampler.MaxFlushSamples];
        var length = resampler.Process(user.Samples.Span, near);
        length += resampler.Flush(near.AsSpan(length));
        var mixed = new short[Math.Max(length, model.Samples.Length)];
        model.Samples.Span.CopyTo(mixed);
        for (var i = 0; i < length; i++)
            mixed[i] = (short)Math.Clamp(mixed[i] + near[i], short.MinValue, short.MaxValue);
        return new WavFile(AudioFormat.OutputRateHz, mixed);
    }
}
