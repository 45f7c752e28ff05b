namespace Parley.Server.Relay;

/// <summary>
/// Limits how often a session replaces its upstream connection, whoever caused it: a loss, a <c>goAway</c>, its age. Replacements in a row are counted;
/// a connection that lived for <see cref="GoodLife"/> starts the count again.
/// </summary>
internal sealed class ReplacementLimit(TimeProvider time)
{
    /// <summary>One more ends the session: an upstream that keeps no connection is not worth the load on it.</summary>
    internal const int MaxInRow = 3;

    private long _connectedAt = time.GetTimestamp();
    private int _inRow;

    /// <summary>See <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>.</summary>
    internal static TimeSpan GoodLife { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Delay before the second attempt; doubles with each further one.</summary>
    internal static TimeSpan FirstDelay { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Whether a pending rotation may use the first safe point. A young connection that replaced a young one is kept until the deadline, so that an
    /// upstream that sends <c>goAway</c> on every connection costs no more than one connection for each deadline.
    /// </summary>
    internal bool MayReplaceEarly => Volatile.Read(ref _inRow) == 0 || IsOld;

    private bool IsOld => time.GetElapsedTime(Volatile.Read(ref _connectedAt)) >= GoodLife;

    /// <summary>A new connection is open.</summary>
    internal void Connected() => Volatile.Write(ref _connectedAt, time.GetTimestamp());

    /// <summary>Counts a replacement.</summary>
    /// <param name="inRow">Replacements in a row, with this one if it is allowed.</param>
    /// <returns>False if there were too many.</returns>
    internal bool TryReplace(out int inRow)
    {
        if (IsOld)
            _inRow = 0;
        if (_inRow < MaxInRow)
        {
            inRow = ++_inRow;
            return true;
        }
        inRow = _inRow;
        return false;
    }
}
