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

    /// <exception cref="CommandException">The folder holds no recording.</exception>
    internal static CallRecording Load(DirectoryInfo folder)
    {
        var messages = Path.Combine(folder.FullName, CallRecorder.MessagesFile);
        if (!File.Exists(messages))
        {
            throw new CommandException(
                $"{folder.FullName} holds no recorded call. Record one with: {ToolName.Current} talk --record {folder.Name}",
                ExitCodes.Failure);
        }
        var user = WavFile.Load(Path.Combine(folder.FullName, CallRecorder.UserFile));
        var model = WavFile.Load(Path.Combine(folder.FullName, CallRecorder.ModelFile));
        return new CallRecording(Mix(user, model), [.. File.ReadLines(messages).Select(Read).OfType<RecordedMessage>()]);
    }

    private static RecordedMessage? Read(string line)
    {
        var record = JsonElement.Parse(line);
        return record.TryGetProperty("json", out var message)
            ? new RecordedMessage(
                TimeSpan.FromSeconds(record.GetProperty("t").GetDouble()), record.GetProperty("dir").ValueEquals(MessageLines.FromClient), message)
            : null;
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
