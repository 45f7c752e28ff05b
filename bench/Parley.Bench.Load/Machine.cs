using System.Globalization;

namespace Parley.Bench.Load;

/// <summary>Waits for a while for other load on the machine to end, and reports it.</summary>
internal static class Machine
{
    private const double IdleEnough = 0.8;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    internal static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    internal static async Task WaitUntilIdleAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await IdleShareAsync(cancellationToken) < IdleEnough && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
        }
    }

    private static async Task<double> IdleShareAsync(CancellationToken cancellationToken)
    {
        var (idleBefore, allBefore) = Times();
        await Task.Delay(Look, cancellationToken);
        var (idle, all) = Times();
        return (idle - idleBefore) / (double)Math.Max(1, all - allBefore);
    }

    // cpu  user nice system idle iowait irq softirq steal …
    private static (long Idle, long All) Times()
    {
        using var stat = new StreamReader("/proc/stat");
        var columns = stat.ReadLine()!.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9];
        var times = Array.ConvertAll(columns, column => long.Parse(column, CultureInfo.InvariantCulture));
        return (times[3] + times[4], times.Sum());
    }
}
