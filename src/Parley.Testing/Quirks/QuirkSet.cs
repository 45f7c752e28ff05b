namespace Parley.Testing;

/// <summary>
/// The quirks of a server or of a test: none at first. A session has those that are enabled when it starts. Safe for use by many threads.
/// <code>
/// server.Quirks.Enable(Quirk.OddAudioParts, Quirk.EmptyMessages);
/// server.Quirks.Mix(seed: 7);
/// </code>
/// </summary>
public sealed class QuirkSet
{
    private readonly Lock _gate = new();
    private readonly HashSet<Quirk> _enabled = [];

    internal QuirkSet()
    {
    }

    /// <summary>Seed of everything that a quirk does at random, such as which turns get no answer. Equal seeds do the same. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>The enabled quirks, in the order of <see cref="Quirk.All"/>.</summary>
    public IReadOnlyList<Quirk> Enabled
    {
        get
        {
            lock (_gate)
                return [.. Quirk.All.Where(_enabled.Contains)];
        }
    }

    /// <summary>Whether a quirk is enabled.</summary>
    public bool IsEnabled(Quirk quirk)
    {
        lock (_gate)
            return _enabled.Contains(quirk);
    }

    /// <summary>Enables quirks, besides those that are.</summary>
    public QuirkSet Enable(params IEnumerable<Quirk> quirks)
    {
        ArgumentNullException.ThrowIfNull(quirks);
        lock (_gate)
            _enabled.UnionWith(quirks);
        return this;
    }

    /// <summary>Disables quirks.</summary>
    public QuirkSet Disable(params IEnumerable<Quirk> quirks)
    {
        ArgumentNullException.ThrowIfNull(quirks);
        lock (_gate)
            _enabled.ExceptWith(quirks);
        return this;
    }

    /// <summary>Disables all.</summary>
    public QuirkSet Clear()
    {
        lock (_gate)
            _enabled.Clear();
        return this;
    }

    /// <summary>
    /// Enables a random choice of quirks in place of those that are enabled, and sets <see cref="Seed"/>. Equal seeds choose equally, and a larger share
    /// chooses the same ones and more.
    /// </summary>
    /// <param name="seed">The seed.</param>
    /// <param name="share">Probability of each quirk, from 0 to 1.</param>
    /// <param name="disruptive">Whether quirks by which answers and sessions are lost may be chosen, too (<see cref="Quirk.IsDisruptive"/>).</param>
    public QuirkSet Mix(int seed, double share = 0.3, bool disruptive = false)
    {
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share must be between 0 and 1.");
        var random = new Random(seed);
        // Drawn for every quirk, so that one drawn number does not depend on the others.
        var drawn = Quirk.All.Select(quirk => (Quirk: quirk, At: random.NextDouble())).ToList();
        lock (_gate)
        {
            Seed = seed;
            _enabled.Clear();
            _enabled.UnionWith(drawn.Where(one => one.At < share && (disruptive || !one.Quirk.IsDisruptive)).Select(static one => one.Quirk));
        }
        return this;
    }

    /// <summary>Seed and names.</summary>
    public override string ToString() => Enabled is { Count: > 0 } enabled ? $"{string.Join(", ", enabled)} (seed {Seed})" : "none";
}
