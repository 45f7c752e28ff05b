namespace Parley.Testing.Phone;

/// <summary>Decides by a seeded random which frames of one direction are lost or late. Not thread-safe.</summary>
internal sealed class Impairment
{
    private readonly VirtualCallerOptions _options;
    private readonly Random _loss;
    private readonly Random _late;

    /// <param name="options">Percentages and seed.</param>
    /// <param name="direction">A number of the direction, so that both do not lose the same frames.</param>
    internal Impairment(VirtualCallerOptions options, int direction)
    {
        _options = options;
        _loss = new Random(unchecked((options.Seed * 397) + direction));
        _late = new Random(unchecked((options.Seed * 397) + direction + 7));
        LateFrames = (int)Math.Ceiling(options.Lateness / CallerCodec.Frame);
    }

    /// <summary>By how many frames a late one is late.</summary>
    internal int LateFrames { get; }

    internal bool IsLost() => _loss.NextDouble() * 100 < _options.LossPercent;

    internal bool IsLate() => _late.NextDouble() * 100 < _options.LatePercent;
}
