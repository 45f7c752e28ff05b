using System.Globalization;
using System.Runtime.CompilerServices;
using Parley.Speech;

namespace Parley.Bench.Load.Servers;

/// <summary>A synthesizer that turns a number into that many chunks.</summary>
internal sealed class CannedSynthesizer : ISpeechSynthesizer
{
    public string Name => "canned";

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        var chunks = int.Parse(text, CultureInfo.InvariantCulture);
        for (var i = 0; i < chunks; i++)
            yield return Canned.Chunk;
    }
}
