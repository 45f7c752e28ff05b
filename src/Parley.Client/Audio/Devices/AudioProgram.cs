using System.Globalization;

namespace Parley.Client.Audio.Devices;

/// <summary>
/// A pair of audio programs and their command lines: one writes raw PCM16 of the microphone to its standard output, one plays raw PCM16
/// from its standard input.
/// </summary>
/// <param name="Name">Name in messages and on the command line.</param>
/// <param name="Capture">Command line that captures; <c>{rate}</c> stands for the rate.</param>
/// <param name="Play">Command line that plays.</param>
/// <param name="LatencyMs">
/// Latency from the first write to the loudspeaker, as requested by the arguments of <paramref name="Play"/>.
/// </param>
internal sealed record AudioProgram(string Name, string Capture, string Play, int LatencyMs)
{
    /// <summary>The pairs in the order they are tried. See docs/decisions/0025.</summary>
    internal static IReadOnlyList<AudioProgram> All { get; } =
    [
        // PulseAudio, and PipeWire through its PulseAudio interface: mixes with other programs.
        new("pulse",
            "parec --raw --format=s16le --channels=1 --rate={rate} --latency-msec=20",
            "pacat --playback --raw --format=s16le --channels=1 --rate={rate} --latency-msec=60", 60),
        // ALSA alone. A short buffer, and a start when a fifth of it is full: by default, playback starts after half a second.
        new("alsa",
            "arecord -q -t raw -f S16_LE -c 1 -r {rate} --buffer-time=200000 --period-time=20000",
            "aplay -q -t raw -f S16_LE -c 1 -r {rate} --buffer-time=100000 --period-time=20000 --start-delay=20000", 40),
        // SoX, which reaches the devices of macOS and others.
        new("sox",
            "rec -q --buffer 1024 -t raw -e signed-integer -b 16 -c 1 -r {rate} -",
            "play -q --buffer 1024 -t raw -e signed-integer -b 16 -c 1 -r {rate} -", 60),
    ];

    /// <summary>A custom command line; arguments are separated by spaces and cannot contain any.</summary>
    internal static AudioProgram Custom(string command) => new(command, command, command, 60);

    /// <summary>The program and its arguments.</summary>
    internal static (string Program, string[] Arguments) Split(string command, int rateHz)
    {
        var parts = command.Replace("{rate}", rateHz.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 ? (parts[0], parts[1..]) : throw new ArgumentException("The command is empty. Give a program and its arguments.", nameof(command));
    }
}
