using System.Globalization;

namespace Parley.Bench.Load.Client;

/// <summary>Kernel counters of a process: CPU time of its threads in nanoseconds, and resident memory.</summary>
internal static class ProcessCounters
{
    private const string ResidentMemory = "VmRSS:";

    /// <summary>CPU time of each thread.</summary>
    internal static Dictionary<string, long> ThreadTimes(int processId)
    {
        var times = new Dictionary<string, long>();
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            try
            {
                var text = File.ReadAllText(thread + "/schedstat");
                times[thread] = long.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
            {
                // The thread has exited.
            }
        }
        return times;
    }

    /// <summary>CPU time of the process since an earlier snapshot of its threads.</summary>
    internal static TimeSpan TimeSince(Dictionary<string, long> before, int processId)
    {
        var nanoseconds = 0L;
        foreach (var (thread, time) in ThreadTimes(processId))
            nanoseconds += time - before.GetValueOrDefault(thread);
        return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    internal static long ResidentBytes(int processId)
    {
        foreach (var line in File.ReadLines($"/proc/{processId}/status"))
        {
            if (line.StartsWith(ResidentMemory, StringComparison.Ordinal))
                return long.Parse(line.AsSpan(ResidentMemory.Length).Trim().TrimEnd("kB "), CultureInfo.InvariantCulture) << 10;
        }
        throw new InvalidOperationException($"The kernel reports no memory of process {processId}.");
    }
}
