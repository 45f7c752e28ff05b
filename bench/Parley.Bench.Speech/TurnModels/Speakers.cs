using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Parley.Bench.Speech.Corpora;

namespace Parley.Bench.Speech.TurnModels;

/// <summary>Synthetic speakers for training: flite and espeak-ng, with pitch and speed varied by a seed.</summary>
internal sealed class Speakers : IDisposable
{
    private readonly Voices _flite = new();

    /// <summary>Speakers of the training set.</summary>
    internal static IReadOnlyList<string> Training => ["slt", "awb", "en-us", "en-us+f2", "en-us+m3", "en-gb+f4", "en-gb-scotland+m7"];

    /// <summary>Speakers that no model was trained with. The labelled set has two of them.</summary>
    internal static IReadOnlyList<string> HeldOut => ["kal16", "rms", "en-gb-x-rp+f5", "en-029+m1"];

    /// <summary>Speech at 16 kHz, trimmed. A comma in the text makes a pause.</summary>
    internal async Task<short[]> SayAsync(string text, string speaker, Random random, CancellationToken cancellationToken)
    {
        var stretch = 0.9f + (0.25f * random.NextSingle());
        var pitch = 0.92f + (0.16f * random.NextSingle());
        if (Voices.Bases.Contains(speaker))
            return await _flite.SayAsync(text, speaker, cancellationToken, stretch, speaker == "rms" ? 1 : pitch);
        var start = new ProcessStartInfo("espeak-ng", [
            "-v", speaker, "--stdout", "-s", ((int)(165 / stretch)).ToString(CultureInfo.InvariantCulture),
            "-p", ((int)(50 * pitch)).ToString(CultureInfo.InvariantCulture), text]) { RedirectStandardOutput = true };
        using var espeak = Process.Start(start)!;
        using var wav = new MemoryStream();
        await espeak.StandardOutput.BaseStream.CopyToAsync(wav, cancellationToken);
        await espeak.WaitForExitAsync(cancellationToken);
        return espeak.ExitCode == 0 && wav.Length > 44 ? Sounds.Trim(To16000(wav.ToArray())) : throw new InvalidOperationException($"espeak-ng could not say \"{text}\" with {speaker}.");
    }

    public void Dispose() => _flite.Dispose();

    // The header of a stream has no length; the format is in its first 44 bytes.
    private static short[] To16000(byte[] wav)
    {
        var samples = Pcm.ToSamples(wav.AsSpan(44, (wav.Length - 44) & ~1).ToArray());
        var resampler = new Resampler(BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)), Sounds.RateHz);
        var sound = new short[resampler.MaxOutputSamples(samples.Length)];
        return sound[..resampler.Process(samples, sound)];
    }
}
