using Parley.Audio;
using Parley.Protocol;
using Parley.Server;
using Parley.Testing.Journal;

namespace Parley.Testing;

/// <summary>What passed a scripted server, in both directions, in order. A snapshot: ask again for what came later, or wait with <see cref="WaitAsync"/>.</summary>
public sealed partial class LiveJournal
{
    private readonly JournalLog _log;

    internal LiveJournal(JournalLog log) => _log = log;

    /// <summary>Every message and close of all connections.</summary>
    public IReadOnlyList<JournalEntry> Entries => _log.Entries.Snapshot;

    /// <summary>Messages of clients that are messages of the protocol.</summary>
    public IReadOnlyList<LiveSessionRequest> Requests => [.. Entries.Select(static entry => entry.Request).OfType<LiveSessionRequest>()];

    /// <summary>The setup of each connection, in order.</summary>
    public IReadOnlyList<Setup> Setups => [.. Requests.Select(static request => request.Setup).OfType<Setup>()];

    /// <summary>The setup of the newest connection.</summary>
    /// <exception cref="ExpectationException">No client has sent one.</exception>
    public Setup Setup => Setups is [.., var last] ? last : throw new ExpectationException("Expected a setup, but no client has sent one.");

    /// <summary>Texts that clients sent with <c>realtimeInput</c> or as user turns of <c>clientContent</c>.</summary>
    public IReadOnlyList<string> Texts =>
    [
        .. Requests.SelectMany(static request => (request.RealtimeInput?.Text is { } text ? [text] : Enumerable.Empty<string>())
            .Concat((request.ClientContent?.Turns ?? []).Where(static turn => turn.Role != "model").SelectMany(static turn => turn.Parts ?? []).Select(static part => part.Text).OfType<string>())),
    ];

    /// <summary>All audio that clients sent, as one recording at 16 kHz.</summary>
    public WavFile Audio
    {
        get
        {
            var samples = new List<short>();
            Resampler? resampler = null;
            foreach (var chunk in Requests.SelectMany(static request => AudioOf(request)))
            {
                AudioFormat.TryParseRate(chunk.MimeType, AudioFormat.InputRateHz, out var rateHz);
                var pcm = Pcm.ToSamples(chunk.Data.GetValueOrDefault().Span);
                if (rateHz == AudioFormat.InputRateHz)
                {
                    samples.AddRange(pcm);
                    continue;
                }
                if (resampler?.InputRateHz != rateHz)
                    resampler = new Resampler(rateHz, AudioFormat.InputRateHz);
                var output = new short[resampler.MaxOutputSamples(pcm.Length)];
                samples.AddRange(output.AsSpan(0, resampler.Process(pcm, output)));
            }
            return new WavFile(AudioFormat.InputRateHz, samples.ToArray());
        }
    }

    /// <summary>Responses to function calls that clients sent, in order.</summary>
    public IReadOnlyList<FunctionResponse> ToolResponses => [.. Requests.SelectMany(static request => request.ToolResponse?.FunctionResponses ?? [])];

    /// <summary>Closes that clients sent: code and reason.</summary>
    public IReadOnlyList<(int Code, string Reason)> ClientCloses =>
        [.. Entries.Where(static entry => entry.Direction == LiveDirection.FromClient && entry.CloseCode is not null).Select(static entry => (entry.CloseCode!.Value, entry.CloseReason!))];

    /// <summary>How many connections there were.</summary>
    public int Connections => Entries.Select(static entry => entry.Connection).Distinct().Count();

    /// <summary>What a listener would have heard.</summary>
    /// <exception cref="ExpectationException">There was no session, or there were several: use <see cref="Playbacks"/>.</exception>
    public LivePlayback Playback => Playbacks is [var only] ? only
        : throw new ExpectationException($"Expected one session, but there were {Playbacks.Count}. LiveJournal.Playbacks has each of them.");

    /// <summary>The same for each session, in the order of their first connections; a resumed connection belongs to the session that it resumes.</summary>
    public IReadOnlyList<LivePlayback> Playbacks => [.. Listeners.Of(Entries).Select(PlaybackBuilder.Of)];

    /// <summary>
    /// Who said what, function calls, cuts and connections, with their times: a readable account, one line each. With several sessions each line begins
    /// with the number of its session.
    /// </summary>
    public IReadOnlyList<TimelineEvent> Timeline => TimelineBuilder.Of(Entries);

    /// <summary>Waits for an entry, past or future, in real time.</summary>
    /// <param name="matches">Which entry.</param>
    /// <param name="expected">The entry in words, for the failure.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ExpectationException">It did not come within <see cref="Expect.Bound"/>.</exception>
    public Task<JournalEntry> WaitAsync(Func<JournalEntry, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        _log.Entries.FirstAsync(matches, expected, cancellationToken);

    /// <summary>One line for each entry.</summary>
    public override string ToString() => string.Join('\n', Entries);

    private static IEnumerable<Blob> AudioOf(LiveSessionRequest request) =>
        request.RealtimeInput is not { } input ? [] : (input.Audio is { } audio ? [audio] : Enumerable.Empty<Blob>())
            .Concat((input.MediaChunks ?? []).Where(static chunk => chunk.MimeType?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) == true));
}
