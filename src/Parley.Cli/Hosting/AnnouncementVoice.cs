using System.Buffers;
using Parley.Cascade;
using Parley.Recording;
using Parley.Speech;

namespace Parley.Cli.Hosting;

/// <summary>Speaks the announcement of records with the voice of the server.</summary>
internal sealed class AnnouncementVoice(CascadeEngines engines) : IAnnouncementVoice
{
    // The language of the text is found by the synthesizer.
    private static readonly SpeechVoice Voice = VoiceCatalog.Default with { Language = "" };

    public async Task<ReadOnlyMemory<byte>> SpeakAsync(string text, CancellationToken cancellationToken)
    {
        var audio = new ArrayBufferWriter<byte>();
        await foreach (var chunk in engines.Synthesizer.Engine.SpeakAsync(text, Voice, cancellationToken))
            audio.Write(chunk.Span);
        return audio.WrittenMemory;
    }
}
