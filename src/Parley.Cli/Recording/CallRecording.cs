using System.Text.Json;
using Parley.Protocol;

namespace Parley.Cli.Recording;

/// <summary>A message of a recorded call.</summary>
/// <param name="At">Time since the beginning of the call.</param>
/// <param name="FromClient">Whether the client sent it.</param>
/// <param name="Message">The message.</param>
internal sealed record RecordedMessage(TimeSpan At, bool FromClient, JsonElement Message);

/// <summary>A call that <see cref="CallRecorder"/> recorded.</summary>
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

    /// <exception cref="CommandException">The folder holds no recording, or a damaged one.</exception>
    internal static CallRecording Load(string folder)
    {
        var messages = Path.Combine(folder, CallRecorder.MessagesFile);
        if (!File.Exists(messages))
        {
            throw new CommandException(
                $"{folder} holds no recorded call. Record one with: {ToolName.Current} talk --record {folder}",
                ExitCodes.Failure);
        }
        try
        {
            var user = WavFile.Load(Path.Combine(folder, CallRecorder.UserFile));
            var model = WavFile.Load(Path.Combine(folder, CallRecorder.ModelFile));
            return new CallRecording(Mix(user, model), [.. File.ReadLines(messages).Select(Read).OfType<RecordedMessage>()]);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"The recording in {folder} cannot be read: {e.Message}", ExitCodes.Failure);
        }
    }

    private static RecordedMessage? Read(string line, int index)
    {
        try
        {
            var record = JsonElement.Parse(line);
            return record.TryGetProperty("json", out var message) && message.ValueKind == JsonValueKind.Object
                ? new RecordedMessage(
                    TimeSpan.FromSeconds(record.GetProperty("t").GetDouble()), record.GetProperty("dir").ValueEquals(MessageLines.FromClient), message)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or OverflowException or FormatException)
        {
            throw new FormatException($"line {index + 1} of {CallRecorder.MessagesFile} is not a recorded message.", e);
        }
    }

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
