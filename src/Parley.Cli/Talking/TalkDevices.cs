using Parley.Cli.Commands;
using Parley.Cli.Recording;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Talking;

/// <summary>The audio devices of a call. The call goes on without a missing device, and reports it.</summary>
internal sealed class TalkDevices : IAsyncDisposable
{
    private TalkDevices(AudioPlayback playback, MicrophoneSource? microphone, RecordedAudioInput? recording)
    {
        Playback = playback;
        Microphone = microphone;
        Recording = recording;
    }

    internal AudioPlayback Playback { get; }

    internal MicrophoneSource? Microphone { get; }

    /// <summary>The file or pipe that replaces the microphone.</summary>
    internal RecordedAudioInput? Recording { get; }

    /// <summary>Opens what replaces the microphone; null if nothing does. Done before the session is opened, so that it is not in vain.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    internal static async Task<RecordedAudioInput?> OpenRecordingAsync(
        TalkSettings settings, ToolEnvironment environment, CancellationToken cancellationToken) => settings.Audio switch
        {
            null => null,
            { IsStandardInput: true } pipe => new RecordedAudioInput(
                pipe.Open(environment), AudioFormat.InputRateHz, thenSilence: true, environment.TimeProvider),
            { } file => RecordedAudioInput.From(await file.ReadWavAsync(environment, cancellationToken), thenSilence: true, environment.TimeProvider),
        };

    internal static async Task<TalkDevices> OpenAsync(
        TalkSettings settings, RecordedAudioInput? recording, CallRecorder? recorder, ToolEnvironment environment, Action<string, string> report,
        CancellationToken cancellationToken)
    {
        var output = await OpenOutputAsync(settings, environment, report, cancellationToken);
        var playback = new AudioPlayback(recorder?.Listen(output) ?? output);
        try
        {
            var guard = settings.HalfDuplex ? new EchoGuard(playback) : null;
            var input = recording ?? await OpenMicrophoneAsync(settings, report, cancellationToken);
            return new TalkDevices(playback, input is null ? null : new MicrophoneSource(input, guard), recording);
        }
        catch
        {
            await playback.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Microphone is not null)
            await Microphone.DisposeAsync();
        await Playback.DisposeAsync();
    }

    private static async Task<IAudioOutput> OpenOutputAsync(
        TalkSettings settings, ToolEnvironment environment, Action<string, string> report, CancellationToken cancellationToken)
    {
        if (settings.Output is { } file)
        {
            // Created here, because only this user may read it; the device overwrites it.
            await file.Create().DisposeAsync();
            return AudioDevices.ToWavFile(file.FullPath, environment.TimeProvider);
        }
        try
        {
            return await SystemDevices.OpenOutputAsync(settings.SpeakerCommand, cancellationToken);
        }
        catch (AudioDeviceException e) when (settings.SpeakerCommand is null)
        {
            report("speaker", $"no loudspeaker: answers appear as text only; --out FILE writes their audio. {e.Message}");
            return AudioDevices.ToStream(Stream.Null, timeProvider: environment.TimeProvider);
        }
    }

    private static async Task<IAudioInput?> OpenMicrophoneAsync(
        TalkSettings settings, Action<string, string> report, CancellationToken cancellationToken)
    {
        try
        {
            return await SystemDevices.OpenInputAsync(settings.MicrophoneCommand, cancellationToken);
        }
        catch (AudioDeviceException e) when (settings.MicrophoneCommand is null && settings.IsInteractive)
        {
            report("microphone", $"no microphone: press t to type, or give --audio FILE. {e.Message}");
            return null;
        }
        catch (AudioDeviceException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }
}

/// <summary>The options of <c>parley talk</c>.</summary>
internal sealed record TalkSettings
{
    /// <summary>A WAV file, or <c>-</c> for standard input: a WAV file, or raw PCM16 at 16 kHz; null = the microphone.</summary>
    internal InputFile? Audio { get; init; }

    /// <summary>A WAV file instead of the loudspeaker; null = the loudspeaker.</summary>
    internal OutputFile? Output { get; init; }

    /// <summary>Name or command of the microphone; null = the first one that works.</summary>
    internal string? MicrophoneCommand { get; init; }

    /// <summary>Name or command of the loudspeaker; null = the first one that works.</summary>
    internal string? SpeakerCommand { get; init; }

    internal bool HalfDuplex { get; init; }

    internal bool PushToTalk { get; init; }

    /// <summary>Whether the call continues after the recording was answered.</summary>
    internal bool Stay { get; init; }

    /// <summary>Whether input and output are a terminal.</summary>
    internal bool IsInteractive { get; init; }
}
