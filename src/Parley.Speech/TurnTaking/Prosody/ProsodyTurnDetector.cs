namespace Parley.Speech.TurnTaking.Prosody;

/// <summary>
/// Estimates the end of a turn by how the voice falls before a pause, and with words also by the transcript. Rates each pause once it has
/// lasted <see cref="RatedAfter"/>, and again when the transcript changes. Calls allocate only when the transcript changes.
/// </summary>
internal sealed class ProsodyTurnDetector(TurnModel model, bool hasWords) : ITurnDetector
{
    /// <summary>A silence shorter than this may be a part of a word.</summary>
    public static readonly TimeSpan RatedAfter = TimeSpan.FromMilliseconds(160);

    private readonly ProsodyTrack _track = new();
    private readonly float[] _features = new float[ProsodyFeatures.Count + (hasWords ? WordFeatures.Count : 0)];
    private long _ratedEnd = -1;
    private string? _ratedWords;
    private float _probability = float.NaN;

    /// <inheritdoc/>
    public void BeginTurn() => (_ratedEnd, _ratedWords, _probability) = (-1, null, float.NaN);

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<short> samples, float speech) => _track.Process(samples);

    /// <inheritdoc/>
    public float GetEndProbability(in TurnState state)
    {
        if (state.Silence < RatedAfter)
        {
            _ratedEnd = -1;
            return _probability = float.NaN;
        }
        var end = _track.Frames - (long)(state.Silence.TotalMilliseconds / 10);
        // Of the same pause: the silence is measured in samples, the track in frames.
        var isRated = _ratedEnd >= 0 && Math.Abs(end - _ratedEnd) <= 1;
        if (isRated && (!hasWords || ReferenceEquals(_ratedWords, state.Partial)))
            return _probability;
        if (!isRated)
        {
            ProsodyFeatures.Write(_track, Math.Max(0, end), state.Speech, _features);
            _ratedEnd = end;
        }
        if (hasWords && !ReferenceEquals(_ratedWords, state.Partial))
        {
            WordFeatures.Write(state.Partial, state.AnswersQuestion, _features.AsSpan(ProsodyFeatures.Count));
            _ratedWords = state.Partial;
        }
        _probability = model.Rate(_features);
        // Words that the rules call complete, such as "stop" and "what time is it", wait no longer than with the rules alone; those that
        // they call incomplete wait no less, because the voice may fall within a turn too.
        if (hasWords && _features[ProsodyFeatures.Count + WordFeatures.IsComplete] > 0)
            _probability = Math.Max(_probability, TranscriptTurnDetector.Complete);
        else if (hasWords && _features[ProsodyFeatures.Count + WordFeatures.IsIncomplete] > 0)
            _probability = Math.Min(_probability, TranscriptTurnDetector.Incomplete);
        return _probability;
    }

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }
}

/// <summary>Makes detectors by prosody, or by prosody and words.</summary>
internal sealed class ProsodyTurnDetectors : ITurnDetectors
{
    private readonly TurnModel _model;
    private readonly bool _hasWords;

    private ProsodyTurnDetectors(string name, TurnModel model, bool hasWords) => (Name, _model, _hasWords) = (name, model, hasWords);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>By the voice alone: "prosody".</summary>
    public static ProsodyTurnDetectors ByVoice(TurnModel? model = null) =>
        new("prosody", model ?? TurnModel.Load("prosody"), hasWords: false);

    /// <summary>By the voice and the words: "both".</summary>
    public static ProsodyTurnDetectors ByVoiceAndWords(TurnModel? model = null) =>
        new("both", model ?? TurnModel.Load("both"), hasWords: true);

    /// <inheritdoc/>
    public ITurnDetector Create() => new ProsodyTurnDetector(_model, _hasWords);
}
