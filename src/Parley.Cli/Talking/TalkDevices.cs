using Parley.Cli.Recording;
using Parley.Client;
using Parley.Protocol;
using Parley.Server.Storage;

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

    internal static async Task<TalkDevices> OpenAsync(
        TalkSettings settings, CallRecorder? recorder, Action<string, string> report, CancellationToken cancellationToken)
    {
        var output = await OpenOutputAsync(settings, report, cancellationToken);
        var playback = new AudioPlayback(recorder?.Listen(output) ?? output);
        try
        {
            var guard = settings.HalfDuplex ? new EchoGuard(playback) : null;
            var input = await OpenInputAsync(settings, report, cancellationToken);
            return new TalkDevices(playback, input is null ? null : new MicrophoneSource(input, guard), input as RecordedAudioInput);
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
        TalkSettings settings, Action<string, string> report, CancellationToken cancellationToken)
    {
        if (settings.Output is { } file)
        {
            // Created here, because only this user may read it; the device overwrites it.
            PrivateFiles.Create(file.FullName).Dispose();
            return AudioDevices.ToWavFile(file.FullName);
        }
        try
        {
            return await AudioDevices.OpenOutputAsync(settings.SpeakerCommand, cancellationToken: cancellationToken);
        }
        catch (AudioDeviceException e) when (settings.SpeakerCommand is null)
        {
            report("speaker", $"no loudspeaker: answers appear as text only; --out FILE writes their audio. {e.Message}");
            return AudioDevices.ToStream(Stream.Null);
        }
    }

    private static async Task<IAudioInput?> OpenInputAsync(
        TalkSettings settings, Action<string, string> report, CancellationToken cancellationToken)
    {
        if (settings.Audio == "-")
            return new RecordedAudioInput(Console.OpenStandardInput(), AudioFormat.InputRateHz, thenSilence: true);
        if (settings.Audio is { } file)
            return RecordedAudioInput.FromWavFile(file, thenSilence: true);
        try
        {
            return await AudioDevices.OpenInputAsync(settings.MicrophoneCommand, cancellationToken: cancellationToken);
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
    internal string? Audio { get; init; }

    /// <summary>A WAV file instead of the loudspeaker; null = the loudspeaker.</summary>
    internal FileInfo? Output { get; init; }

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
