using Parley.Audio;
using Parley.Server;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Files;

/// <summary>What a scenario file says.</summary>
internal sealed class ScenarioContent
{
    internal string? Name { get; set; }

    internal bool IsStrict { get; set; } = true;

    internal double? SpeechThresholdDb { get; set; }

    internal List<Action<LiveApiOptions>> Server { get; } = [];

    internal List<Action<Scenario>> Rules { get; } = [];

    internal List<(WavFile Recording, string Words)> Recordings { get; } = [];

    internal List<FaultDescription> Faults { get; } = [];

    /// <summary>Decides what is random in the faults; null = the default of the plan.</summary>
    internal int? Seed { get; set; }

    /// <summary>Names of quirks, in order.</summary>
    internal List<string> Quirks { get; } = [];

    /// <summary>Words of an utterance that sounds like a known recording.</summary>
    internal Func<ReadOnlyMemory<byte>, string?>? Recognizer()
    {
        if (Recordings.Count == 0)
            return null;
        var known = Recordings.ConvertAll(static one => (Print: AudioFingerprint.Of(one.Recording), one.Words));
        return pcm =>
        {
            var heard = AudioFingerprint.Of(pcm.Span);
            return known.Find(one => one.Print.Mismatch(heard) is null).Words;
        };
    }
}
