using System.CommandLine;
using System.Text;
using Parley.Cli.Recording;
using Parley.Cli.Talking;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Commands;

/// <summary><c>parley play PATH</c>: plays a recording of any known form, with its transcripts.</summary>
internal static class PlayCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var path = new Argument<string>("path")
        {
            Description = "Cassette, folder of talk --record or serve --record, export of the console, or .websocket.log of an official SDK", HelpName = "PATH",
        };
        var output = Files.Output("--out", "Write both sides mixed to this WAV file instead of playing them");
        var speaker = new Option<string?>("--speaker") { Description = DeviceOptions.Speaker, HelpName = "DEVICE" };
        var command = new Command("play", "Play a recorded call and print its transcripts in time") { path, output, speaker };
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var recording = CallRecording.Load(parsed.GetValue(path)!);
            var view = new LineView(report);
            if (parsed.GetValue(output) is { } file)
            {
                using (var stream = file.Create())
                    stream.Write(recording.Audio.ToBytes());
                foreach (var message in recording.Messages)
                    Show(message, view);
            }
            else
            {
                await PlayAsync(recording, view, parsed.GetValue(speaker), cancellationToken);
            }
            await view.DisposeAsync();
            report.Fact(
                "call", $"call of {recording.Audio.Duration.TotalSeconds:0.0} s, {recording.Messages.Count} messages",
                ("seconds", Math.Round(recording.Audio.Duration.TotalSeconds, 3)), ("messages", recording.Messages.Count));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task PlayAsync(CallRecording recording, LineView view, string? speaker, CancellationToken cancellationToken)
    {
        IAudioOutput output;
        try
        {
            output = await SystemDevices.OpenOutputAsync(speaker, cancellationToken);
        }
        catch (AudioDeviceException e)
        {
            throw new CommandException($"{e.Message} Or write the audio to a file with --out.", ExitCodes.Failure);
        }
        await using var playback = new AudioPlayback(output, new AudioPlaybackOptions { MaxQueued = TimeSpan.FromSeconds(2) });
        var playing = PlayAudioAsync(playback, recording.Audio, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        foreach (var message in recording.Messages)
        {
            // Print words when their audio is played: go by the clock of the audio device, not by the system's.
            while (playback.Played < message.At && !playing.IsCompleted)
                await timer.WaitForNextTickAsync(cancellationToken);
            Show(message, view);
        }
        await playing;
    }

    private static async Task PlayAudioAsync(AudioPlayback playback, WavFile audio, CancellationToken cancellationToken)
    {
        await playback.WriteAsync(Pcm.ToBytes(audio.Samples.Span), audio.SampleRateHz, cancellationToken);
        await playback.DrainAsync(cancellationToken);
    }

    private static void Show(RecordedMessage message, LineView view)
    {
        if (message.FromClient)
        {
            foreach (var text in Typed(Encoding.UTF8.GetBytes(message.Message.GetRawText())))
                view.Typed(text);
            return;
        }
        if (Decode(Encoding.UTF8.GetBytes(message.Message.GetRawText())) is not { } response)
            return;
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

    private static IEnumerable<string> Typed(byte[] message)
    {
        try
        {
            var request = LiveCodec.DecodeRequest(message);
            return request.RealtimeInput?.Text is { } text
                ? [text]
                : (request.ClientContent?.Turns ?? []).Where(static turn => turn.Role != "model").SelectMany(static turn => turn.Parts ?? []).Select(static part => part.Text).OfType<string>();
        }
        catch (LiveProtocolException)
        {
            return [];
        }
    }

    // A recording may hold what no server should send.
    private static LiveSessionResponse? Decode(byte[] message)
    {
        try
        {
            return LiveCodec.DecodeResponse(message);
        }
        catch (LiveProtocolException)
        {
            return null;
        }
    }
}
