using System.CommandLine;
using System.Text;
using Parley.Cli.Recording;
using Parley.Cli.Talking;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Commands;

/// <summary><c>parley play FOLDER</c>: a call that <c>parley talk --record</c> kept, heard and read again.</summary>
internal static class PlayCommand
{
    internal static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "What parley talk --record wrote" };
        var output = new Option<FileInfo?>("--out") { Description = "Write both sides together to this WAV file, at once, in place of the loudspeaker" };
        var speaker = new Option<string?>("--speaker") { Description = "pulse, alsa, sox, or a command that plays raw PCM16 mono; {rate} stands for the rate. Default: whichever works" };
        var command = new Command("play", "Play a recorded call, with its words at their time") { folder, output, speaker };
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            var recording = CallRecording.Load(parsed.GetValue(folder)!);
            var view = new LineView(report);
            if (parsed.GetValue(output) is { } file)
            {
                recording.Sound.Save(file.FullName);
                foreach (var message in recording.Messages)
                    Show(message, view);
            }
            else
            {
                await PlayAsync(recording, view, parsed.GetValue(speaker), cancellationToken);
            }
            await view.DisposeAsync();
            report.Fact("call", $"a call of {recording.Sound.Duration.TotalSeconds:0.0} s, {recording.Messages.Count} messages", ("seconds", Math.Round(recording.Sound.Duration.TotalSeconds, 3)), ("messages", recording.Messages.Count));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task PlayAsync(CallRecording recording, LineView view, string? speaker, CancellationToken cancellationToken)
    {
        IAudioOutput output;
        try
        {
            output = await AudioDevices.OpenOutputAsync(speaker, cancellationToken: cancellationToken);
        }
        catch (AudioDeviceException e)
        {
            throw new CommandException($"{e.Message} Or write the sound to a file with --out.", ExitCodes.Failure);
        }
        await using var playback = new AudioPlayback(output, new AudioPlaybackOptions { MaxQueued = TimeSpan.FromSeconds(2) });
        var sounding = SoundAsync(playback, recording.Sound, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        foreach (var message in recording.Messages)
        {
            // The words come when their sound does: by the loudspeaker's clock, not by ours.
            while (playback.Played < message.At && !sounding.IsCompleted)
                await timer.WaitForNextTickAsync(cancellationToken);
            Show(message, view);
        }
        await sounding;
    }

    private static async Task SoundAsync(AudioPlayback playback, WavFile sound, CancellationToken cancellationToken)
    {
        await playback.WriteAsync(Pcm.ToBytes(sound.Samples.Span), sound.SampleRateHz, cancellationToken);
        await playback.DrainAsync(cancellationToken);
    }

    private static void Show(RecordedMessage message, LineView view)
    {
        if (message.FromClient)
        {
            if (message.Message.TryGetProperty("realtimeInput", out var input) && input.TryGetProperty("text", out var text))
                view.Typed(text.GetString() ?? "");
            return;
        }
        var response = LiveCodec.DecodeResponse(Encoding.UTF8.GetBytes(message.Message.GetRawText()));
        if (response.ServerContent?.InputTranscription?.Text is { Length: > 0 } heard)
            view.Heard(heard, isInterim: false);
        if (response.ServerContent?.OutputTranscription?.Text is { Length: > 0 } said)
            view.Said(said);
        foreach (var part in response.ServerContent?.ModelTurn?.Parts ?? [])
        {
            if (part is { Text: { Length: > 0 } words, Thought: not true })
                view.Said(words);
        }
        foreach (var call in response.ToolCall?.FunctionCalls ?? [])
            view.Fact("toolCall", $"calls {call.Name}({call.Args})", ("name", call.Name), ("args", call.Args));
        if (response.ServerContent?.Interrupted == true)
            view.Interrupted();
        if (response.GoAway is { } goAway)
            view.Fact("goAway", $"the server will close in {(goAway.TimeLeft ?? TimeSpan.Zero).TotalSeconds:0} s");
        if (response.ServerContent?.TurnComplete == true)
            view.EndTurn();
    }
}
