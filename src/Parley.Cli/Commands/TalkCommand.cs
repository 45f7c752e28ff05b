using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Cli.Output;
using Parley.Cli.Recording;
using Parley.Cli.Talking;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Commands;

/// <summary><c>parley talk</c>: a voice call in the terminal.</summary>
internal static class TalkCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var audio = Files.Input(
            "--audio", "Send this WAV file in real time instead of the microphone, then hang up; - = standard input: WAV, or raw PCM16 at 16 kHz");
        var output = Files.Output("--out", "Write the played audio to this WAV file instead of the loudspeaker");
        var microphone = new Option<string?>("--microphone") { Description = DeviceOptions.Microphone, HelpName = "DEVICE" };
        var speaker = new Option<string?>("--speaker") { Description = DeviceOptions.Speaker, HelpName = "DEVICE" };
        var halfDuplex = new Option<bool>("--half-duplex")
        {
            Description = "Mute the microphone while the loudspeaker plays: for calls without a headset",
        };
        var pushToTalk = new Option<bool>("--push-to-talk") { Description = "Open and close the microphone with the space bar" };
        var stay = new Option<bool>("--stay") { Description = "Do not hang up at the end of --audio" };
        var record = Files.Folder(
            "--record", "Record the call in this folder: both sides as WAV, messages as JSON lines. parley play plays it");
        var tools = CannedTool.Option();
        var timeout = AnswerLimit.Option();
        var server = new ServerOptions(environment);
        var setup = new SetupOptions();
        var command = new Command("talk", "Make a voice call: microphone in, loudspeaker out, transcripts on screen")
        {
            audio, output, microphone, speaker, halfDuplex, pushToTalk, stay, record, tools, timeout,
        };
        server.AddTo(command);
        setup.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(pushToTalk) && (result.GetResult(audio) is not null || environment.IsInputRedirected))
                result.AddError("--push-to-talk needs a microphone and a keyboard.");
        });
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var settings = new TalkSettings
            {
                Audio = parsed.GetValue(audio),
                Output = parsed.GetValue(output),
                MicrophoneCommand = parsed.GetValue(microphone),
                SpeakerCommand = parsed.GetValue(speaker),
                HalfDuplex = parsed.GetValue(halfDuplex),
                PushToTalk = parsed.GetValue(pushToTalk),
                Stay = parsed.GetValue(stay),
                IsInteractive = !environment.IsInputRedirected && !environment.IsOutputRedirected && !parsed.GetValue<bool>(CommandRunner.Json),
            };
            using var recorder = parsed.GetValue(record) is { } folder ? new CallRecorder(folder, environment.TimeProvider) : null;
            await using var recording = await TalkDevices.OpenRecordingAsync(settings, environment, cancellationToken);
            await using var session = await server.CreateClient(parsed, recorder).ConnectAsync(
                Prepare(setup.Create(parsed, CannedTool.Of(parsed, tools)), settings), cancellationToken);
            await using var devices = await TalkDevices.OpenAsync(
                settings, recording, recorder, environment, (kind, sentence) => report.Fact(kind, sentence, ("message", sentence)), cancellationToken);
            var title = $"parley talk · {setup.Create(parsed).Model} · {server.Url(parsed).Authority}";
            var end = await TalkAsync(
                session, devices, settings, title, report, parsed.GetValue(timeout) ?? AnswerLimit.Default, environment.TimeProvider, cancellationToken);
            if (recorder is not null)
            {
                report.Fact(
                    "recorded",
                    $"recorded in {Path.GetFullPath(parsed.GetValue(record)!)}; play it with: {ToolName.Current} play {parsed.GetValue(record)}",
                    ("path", Path.GetFullPath(parsed.GetValue(record)!)));
            }
            return end is null or { IsNormal: true }
                ? ExitCodes.Success
                : throw new CommandException($"The session ended. {end} {end.Hint}".TrimEnd(), CommandRunner.ExitCodeOf(end.Cause));
        });
        return command;
    }

    private static async Task<SessionEnd?> TalkAsync(
        LiveSession session, TalkDevices devices, TalkSettings settings, string title, IReport report, TimeSpan limit, TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        await using var call = session.WithAudio(
            devices.Microphone, devices.Playback, new AudioCallOptions { PushToTalk = settings.PushToTalk });
        var keys = settings.IsInteractive ? new TalkKeys(settings.PushToTalk) : null;
        ITalkView view = keys is null ? new LineView(report) : new ScreenView(title, keys.Help, () => Status(call, devices, keys));
        await using (view)
        {
            using var talk = new TalkCall(session, call, devices.Microphone, devices.Playback, view, limit, timeProvider);
            return await talk.RunAsync(settings.Stay ? null : devices.Recording, keys, cancellationToken);
        }
    }

    private static TalkStatus Status(AudioCall call, TalkDevices devices, TalkKeys keys)
    {
        var state = devices.Microphone is not { } microphone ? "none"
            : microphone.IsMuted ? "muted"
            : !call.IsTalking ? "closed"
            : "open";
        return new TalkStatus(
            devices.Microphone?.Level ?? AudioLevel.Silence, devices.Playback.Level, devices.Playback.Queued, state, keys.Typing);
    }

    private static LiveSetup Prepare(LiveSetup setup, TalkSettings settings) => settings.PushToTalk
        ? setup with
        {
            RealtimeInput = new RealtimeInputConfig
            {
                AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true },
                // With the default of some models such a turn is empty (docs/protocol.md#66-manual-activity-detection).
                TurnCoverage = TurnCoverage.TurnIncludesOnlyActivity,
            },
        }
        : setup;
}
