namespace Parley.Recording.Timeline;

/// <summary>
/// Both voices on one clock, which is the time of the server in samples since the record began. The user is where its audio arrived: a chunk ends
/// when it is received. The model is where a listener hears it: from its arrival on, behind what was sent before, until an interruption. Chunks that
/// follow each other within
/// <see cref="Tolerance"/> are one piece, because networks do not deliver in equal steps. Not thread-safe.
/// </summary>
internal sealed class StereoTimeline
{
    internal const int RateHz = VoiceTrack.RateHz;

    /// <summary>200 ms: the jitter of most networks. A longer gap is a pause of the sender.</summary>
    internal const long Tolerance = RateHz / 5;

    /// <summary>20 ms, as much as a frame of Opus.</summary>
    internal const int FrameSamples = RateHz / 50;

    private readonly VoiceTrack _user = new(), _model = new();
    private readonly short[] _left = new short[FrameSamples], _right = new short[FrameSamples], _stereo = new short[2 * FrameSamples];
    private bool _userRuns, _modelRuns;

    /// <summary>The user, left.</summary>
    internal VoiceTrack User => _user;

    /// <summary>The model, right.</summary>
    internal VoiceTrack Model => _model;

    /// <summary>Position of the first frame that was not taken.</summary>
    internal long Taken => _user.Start;

    /// <summary>Position after the last sample of either voice.</summary>
    internal long End => Math.Max(_user.End, _model.End);

    internal static long SamplesOf(TimeSpan time) => PcmFormat.Hz24000.SamplesIn(time < TimeSpan.Zero ? TimeSpan.Zero : time);

    internal static double Seconds(long samples) => Math.Round((double)samples / RateHz, 3);

    /// <summary>Audio of the user that was received at a position.</summary>
    /// <returns>Where it begins.</returns>
    internal long AddUser(long received, ReadOnlySpan<byte> pcm, int rateHz)
    {
        var begins = Math.Max(0, received - LengthOf(pcm, rateHz));
        if (!_userRuns || begins - _user.Cursor > Tolerance)
            _user.Begin(Math.Max(begins, _userRuns ? _user.Cursor : 0));
        _userRuns = true;
        return _user.Add(pcm, rateHz);
    }

    /// <summary>Audio of the model that was sent at a position.</summary>
    /// <returns>Where it begins.</returns>
    internal long AddModel(long sent, ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (sent - _model.Cursor > (_modelRuns ? Tolerance : 0))
            _model.Begin(sent);
        _modelRuns = true;
        return _model.Add(pcm, rateHz);
    }

    /// <summary>The turn of the model is over; the next one begins when it is sent.</summary>
    internal void EndTurn()
    {
        _model.Finish();
        _modelRuns = false;
    }

    /// <summary>The user interrupted the model: nothing more of it is heard.</summary>
    internal void Interrupt(long at)
    {
        _model.Cut(at);
        _modelRuns = false;
    }

    /// <summary>Passes whole frames before a position on, and forgets them.</summary>
    /// <param name="until">The position.</param>
    /// <param name="write">Gets 20 ms of both channels, interleaved.</param>
    internal void Take(long until, Action<short[]> write)
    {
        while (until - Taken >= FrameSamples)
        {
            _user.Take(_left);
            _model.Take(_right);
            for (var i = 0; i < FrameSamples; i++)
                (_stereo[2 * i], _stereo[(2 * i) + 1]) = (_left[i], _right[i]);
            write(_stereo);
        }
    }

    internal static long LengthOf(ReadOnlySpan<byte> pcm, int rateHz) => (long)(pcm.Length / Pcm.BytesPerSample) * RateHz / rateHz;
}
