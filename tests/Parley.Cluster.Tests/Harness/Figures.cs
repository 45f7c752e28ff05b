using System.Collections.Concurrent;
using System.Globalization;

namespace Parley.Cluster.Tests.Harness;

/// <summary>Times of a test, for its output. Never asserted.</summary>
internal sealed class Figures
{
    /// <summary>From the loss of a connection until <c>setupComplete</c> on the next one, with the delays of the client; of calls that were speaking.</summary>
    public ConcurrentBag<TimeSpan> Lost { get; } = [];

    /// <summary>From the setup with the handle until <c>setupComplete</c>.</summary>
    public ConcurrentBag<TimeSpan> Resumed { get; } = [];

    /// <summary>From the setup with the handle until the next piece of an answer that was in progress, which begins again.</summary>
    public ConcurrentBag<TimeSpan> Continued { get; } = [];

    /// <summary>From <c>setupComplete</c> until that piece.</summary>
    public ConcurrentBag<TimeSpan> Answered { get; } = [];

    public void Write(string what)
    {
        Write($"{what}: lost until resumed", Lost);
        Write($"{what}: setup until resumed", Resumed);
        Write($"{what}: setup until the answer goes on", Continued);
        Write($"{what}: resumed until the answer goes on", Answered);
    }

    public static void Line(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static void Write(string what, ConcurrentBag<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        if (sorted.Count > 0)
            Line(string.Create(CultureInfo.InvariantCulture, $"{what}: n = {sorted.Count}, p50 {At(0.5):0} ms, p95 {At(0.95):0} ms, max {At(1):0} ms"));
        double At(double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))].TotalMilliseconds;
    }
}
