using Parley.Cli.Recording;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Talking;

/// <summary>What a call speaks and hears with. What is not there is done without, and said.</summary>
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

    /// <summary>The file or pipe in place of the microphone.</summary>
    internal RecordedAudioInput? Recording { get; }

    internal static async Task<TalkDevices> OpenAsync(
        TalkSettings settings, CallRecorder? recorder, Action<string, string> tell, CancellationToken cancellationToken)
    {
        var output = await OpenOutputAsync(settings, tell, cancellationToken);
        var playback = new AudioPlayback(recorder?.Listen(output) ?? output);
        try
        {
            var guard = settings.HalfDuplex ? new EchoGuard(playback) : null;
            var input = await OpenInputAsync(settings, tell, cancellationToken);
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

    private static async Task<IAudioOutput> OpenOutputAsync(TalkSettings settings, Action<string, string> tell, CancellationToken cancellationToken)
    {
        if (settings.Output is { } file)
            return AudioDevices.ToWavFile(file.FullName);
        try
        {
            return await AudioDevices.OpenOutputAsync(settings.SpeakerCommand, cancellationToken: cancellationToken);
        }
        catch (AudioDeviceException e) when (settings.SpeakerCommand is null)
        {
            tell("speaker", $"no loudspeaker: answers are shown only, or give --out FILE. {e.Message}");
            return AudioDevices.ToStream(Stream.Null);
        }
    }

    private static async Task<IAudioInput?> OpenInputAsync(TalkSettings settings, Action<string, string> tell, CancellationToken cancellationToken)
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
            tell("microphone", $"no microphone: type with t, or give --audio FILE. {e.Message}");
            return null;
        }
        catch (AudioDeviceException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }
}

/// <summary>What <c>parley talk</c> was asked for on the command line.</summary>
internal sealed record TalkSettings
{
    /// <summary>A WAV file, or <c>-</c> for raw PCM16 at 16 kHz on standard input; null = the microphone.</summary>
    internal string? Audio { get; init; }

    /// <summary>A WAV file in place of the loudspeaker.</summary>
    internal FileInfo? Output { get; init; }

    internal string? MicrophoneCommand { get; init; }

    internal string? SpeakerCommand { get; init; }

    internal bool HalfDuplex { get; init; }

    internal bool PushToTalk { get; init; }

    /// <summary>Whether the call goes on when the file is over and answered.</summary>
    internal bool Stay { get; init; }

    /// <summary>Whether somebody sits at a terminal.</summary>
    internal bool IsInteractive { get; init; }
}
