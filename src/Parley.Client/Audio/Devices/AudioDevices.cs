using Parley.Client.Audio.Devices;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// The microphone and the loudspeaker of this machine, through the programs that every system with sound has: PulseAudio's, ALSA's or SoX's,
/// whichever works first (docs/audio.md). Files and pipes stand in for them with the same two types.
/// </summary>
public static class AudioDevices
{
    private static readonly TimeSpan LongestProof = TimeSpan.FromSeconds(3);

    // A player that cannot open its device says so within a few milliseconds; one that can stays.
    private static readonly TimeSpan PlayerProof = TimeSpan.FromMilliseconds(150);

    /// <summary>Opens the microphone.</summary>
    /// <param name="command">
    /// Null: whichever works of <c>pulse</c>, <c>alsa</c> and <c>sox</c>. One of these names: that one. Else a command line that writes raw
    /// PCM16 little-endian mono to its standard output, <c>{rate}</c> standing for 16000; its arguments are parted by spaces.
    /// </param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AudioDeviceException">None can be opened; the text says what each program said.</exception>
    public static Task<IAudioInput> OpenInputAsync(
        string? command = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        FirstThatWorksAsync<IAudioInput>("microphone", command, async tool =>
        {
            var input = new ProgramInput(AudioProcess.Start(tool.Capture, AudioFormat.InputRateHz, captures: true), AudioFormat.InputRateHz, tool.Name);
            using var enough = new CancellationTokenSource(LongestProof, timeProvider ?? TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
            try
            {
                await input.ProveAsync(either.Token).ConfigureAwait(false);
                return input;
            }
            catch (Exception e)
            {
                await input.DisposeAsync().ConfigureAwait(false);
                if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                    throw new AudioDeviceException($"{tool.Name} gives no sound.", e);
                throw;
            }
        });

    /// <summary>Opens the loudspeaker, at 24 kHz.</summary>
    /// <param name="command">As for the microphone; a command line plays raw PCM16 from its standard input, <c>{rate}</c> is 24000.</param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AudioDeviceException">None can be opened; the text says what each program said.</exception>
    public static Task<IAudioOutput> OpenOutputAsync(
        string? command = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        FirstThatWorksAsync<IAudioOutput>("loudspeaker", command, async tool =>
        {
            var clock = timeProvider ?? TimeProvider.System;
            var sink = new ProgramSink(tool, AudioFormat.OutputRateHz);
            var stays = Task.Delay(PlayerProof, clock, cancellationToken);
            if (await Task.WhenAny(sink.Running!.Exited, stays).ConfigureAwait(false) == stays && !cancellationToken.IsCancellationRequested)
                return new PacedAudioOutput(sink, AudioFormat.OutputRateHz, clock, TimeSpan.FromMilliseconds(tool.LatencyMs));
            var words = sink.Running!.Words;
            sink.Cut(0);
            cancellationToken.ThrowIfCancellationRequested();
            throw new AudioDeviceException($"{tool.Name} plays nothing. {words}".TrimEnd());
        });

    /// <summary>A WAV file in place of the loudspeaker: it holds what would have been heard, without the pauses, cut where it was interrupted.</summary>
    /// <param name="path">The file; one that is there is written over.</param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    public static IAudioOutput ToWavFile(string path, TimeProvider? timeProvider = null) => new PacedAudioOutput(
        new WavSink(File.Create(path), AudioFormat.OutputRateHz), AudioFormat.OutputRateHz, timeProvider ?? TimeProvider.System);

    /// <summary>A stream in place of the loudspeaker: raw PCM16, at the pace of speech.</summary>
    /// <param name="pcm">Where it goes.</param>
    /// <param name="rateHz">The rate it takes in Hz.</param>
    /// <param name="leaveOpen">Whether the stream stays open at the end.</param>
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
        var said = new List<string>();
        foreach (var tool in tools)
        {
            try
            {
                return await openAsync(tool).ConfigureAwait(false);
            }
            catch (AudioDeviceException e)
            {
                said.Add(e.Message);
            }
        }
        throw new AudioDeviceException($"No {what} can be opened. {string.Join(" ", said)} Give a file or a pipe in its place, or install pulseaudio-utils, alsa-utils or sox.");
    }
}
