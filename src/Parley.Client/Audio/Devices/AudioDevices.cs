using Parley.Client.Audio.Devices;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// The microphone and the loudspeaker of this machine, through command-line programs of PulseAudio, ALSA or SoX, whichever works first
/// (docs/audio.md). Files and pipes can replace them.
/// </summary>
public static class AudioDevices
{
    private static readonly TimeSpan LongestProof = TimeSpan.FromSeconds(3);

    // A player that cannot open its device exits within a few milliseconds.
    private static readonly TimeSpan PlayerProof = TimeSpan.FromMilliseconds(150);

    /// <summary>Opens the microphone.</summary>
    /// <param name="command">
    /// Null: the first of <c>pulse</c>, <c>alsa</c> and <c>sox</c> that works. One of these names: that one. Otherwise a command line that
    /// writes raw PCM16 little-endian mono to its standard output; <c>{rate}</c> stands for 16000, and arguments are separated by spaces.
    /// </param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    /// <param name="cancellationToken">Cancels opening.</param>
    /// <exception cref="AudioDeviceException">None can be opened; the message has the output of each program.</exception>
    public static Task<IAudioInput> OpenInputAsync(
        string? command = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        FirstThatWorksAsync<IAudioInput>("microphone", command, async tool =>
        {
            var input = new ProgramInput(AudioProcess.Start(tool.Capture, AudioFormat.InputRateHz, captures: true), AudioFormat.InputRateHz, tool.Name);
            using var timeoutCts = new CancellationTokenSource(LongestProof, timeProvider ?? TimeProvider.System);
            using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(timeoutCts.Token, cancellationToken);
            try
            {
                await input.ProveAsync(linkedCts.Token).ConfigureAwait(false);
                return input;
            }
            catch (Exception e)
            {
                await input.DisposeAsync().ConfigureAwait(false);
                if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                    throw new AudioDeviceException($"{tool.Name} delivers no audio.", e);
                throw;
            }
        });

    /// <summary>Opens the loudspeaker, at 24 kHz.</summary>
    /// <param name="command">
    /// As for the microphone, except that a command line plays raw PCM16 from its standard input and <c>{rate}</c> stands for 24000.
    /// </param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    /// <param name="cancellationToken">Cancels opening.</param>
    /// <exception cref="AudioDeviceException">None can be opened; the message has the output of each program.</exception>
    public static Task<IAudioOutput> OpenOutputAsync(
        string? command = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        FirstThatWorksAsync<IAudioOutput>("loudspeaker", command, async tool =>
        {
            var clock = timeProvider ?? TimeProvider.System;
            var sink = new ProgramSink(tool, AudioFormat.OutputRateHz);
            var stays = Task.Delay(PlayerProof, clock, cancellationToken);
            if (await Task.WhenAny(sink.Running!.Exited, stays).ConfigureAwait(false) == stays && !cancellationToken.IsCancellationRequested)
                return new PacedAudioOutput(sink, AudioFormat.OutputRateHz, clock, TimeSpan.FromMilliseconds(tool.LatencyMs));
            var errorText = sink.Running!.ErrorText;
            sink.Cut(0);
            cancellationToken.ThrowIfCancellationRequested();
            throw new AudioDeviceException($"{tool.Name} exited without playing. {errorText}".TrimEnd());
        });

    /// <summary>
    /// A WAV file instead of the loudspeaker: it contains what would have been played, without pauses, and cut at interruptions.
    /// </summary>
    /// <param name="path">The file; an existing one is overwritten.</param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    public static IAudioOutput ToWavFile(string path, TimeProvider? timeProvider = null) => new PacedAudioOutput(
        new WavSink(File.Create(path), AudioFormat.OutputRateHz), AudioFormat.OutputRateHz, timeProvider ?? TimeProvider.System);

    /// <summary>A stream instead of the loudspeaker: raw PCM16, in real time.</summary>
    /// <param name="pcm">The stream.</param>
    /// <param name="rateHz">Its rate in Hz.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the output is disposed.</param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    public static IAudioOutput ToStream(
        Stream pcm, int rateHz = AudioFormat.OutputRateHz, bool leaveOpen = false, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(pcm);
        return new PacedAudioOutput(new StreamSink(pcm, leaveOpen), rateHz, timeProvider ?? TimeProvider.System);
    }

    private static async Task<T> FirstThatWorksAsync<T>(string what, string? command, Func<AudioProgram, Task<T>> openAsync)
    {
        var named = AudioProgram.All.FirstOrDefault(tool => tool.Name == command);
        IReadOnlyList<AudioProgram> tools = command is null ? AudioProgram.All : [named ?? AudioProgram.Custom(command)];
        var errors = new List<string>();
        foreach (var tool in tools)
        {
            try
            {
                return await openAsync(tool).ConfigureAwait(false);
            }
            catch (AudioDeviceException e)
            {
                errors.Add(e.Message);
            }
        }
        throw new AudioDeviceException($"No {what} can be opened. {string.Join(" ", errors)} Use a file or a pipe instead, or install pulseaudio-utils, alsa-utils or sox.");
    }
}
