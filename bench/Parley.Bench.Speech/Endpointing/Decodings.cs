using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Parley.Speech;
using Parley.Bench.Speech.Corpora;
using Parley.Speech.Worker.Recognition;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>
/// Partial transcripts of scenes, decoded once: they depend on the audio alone, so every detector and every threshold hears the same
/// words, and
/// with a folder a second run takes seconds. The recognizer processes each chunk before the next one, so the result is the same on any
/// machine.
/// </summary>
internal sealed class Decodings : IDisposable
{
    // What is recognized in silence after the last word does not change any more.
    private const int Tail = Sounds.RateHz;

    private readonly SphinxDecoder _recognizer;
    private readonly string? _folder;
    private readonly Dictionary<(Scene, int), List<(int At, string Partial)>> _decoded = [];

    internal Decodings(string? folder)
    {
        var model = new PocketSphinxOptions().ModelDirectory;
        if (SphinxDecoder.ProblemOf(model) is { } problem)
            throw new InvalidOperationException($"{problem}. Install from Debian: libpocketsphinx3 pocketsphinx-en-us");
        _recognizer = new SphinxDecoder(model);
        _folder = folder;
        if (folder is not null)
            Directory.CreateDirectory(folder);
    }

    /// <summary>The changes of the partial transcript of the audio from a sample to the end of the scene.</summary>
    internal List<(int At, string Partial)> Of(Scene scene, int from)
    {
        if (_decoded.TryGetValue((scene, from), out var found))
            return found;
        var end = Math.Min(scene.Sound.Length, Math.Max(scene.SpeechEnd, from) + Tail);
        var file = _folder is null ? null : Path.Combine(_folder, Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(scene.Sound.AsSpan(from, end - from))))[..24]);
        var partials = file is not null && File.Exists(file) ? [.. File.ReadLines(file).Select(line => Read(line, from))] : Decode(scene, from, end);
        if (file is not null && !File.Exists(file))
            File.WriteAllLines(file, partials.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.At - from}\t{one.Partial}")));
        return _decoded[(scene, from)] = partials;
    }

    public void Dispose() => _recognizer.Dispose();

    private static (int At, string Partial) Read(string line, int from) =>
        (int.Parse(line.AsSpan(0, line.IndexOf('\t', StringComparison.Ordinal)), CultureInfo.InvariantCulture) + from, line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]);

    private List<(int At, string Partial)> Decode(Scene scene, int from, int end)
    {
        _recognizer.Begin([], []);
        List<(int, string)> partials = [];
        var last = "";
        for (var at = from; at < end; at += TurnTaker.Chunk)
        {
            var to = Math.Min(end, at + TurnTaker.Chunk);
            var partial = _recognizer.Accept(scene.Sound.AsSpan(at, to - at));
            if (partial != last)
                partials.Add((to, last = partial));
        }
        return partials;
    }
}
