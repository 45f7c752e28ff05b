using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Parley.Client;

namespace Parley.Bench.Speech.Conversations;

/// <summary>A <c>parley serve</c> process, with the CPU time and memory of it and its workers.</summary>
internal sealed partial class Server : IAsyncDisposable
{
    /// <summary>
    /// Turn detection by words is off, because it waits longer after misrecognized sentences. The endpointing benchmark measures it.
    /// </summary>
    internal const string FixedSilence = "Cascade__TurnDetector__Provider=none";

    private readonly Process _process;

    private Server(Process process, Uri address) => (_process, Address) = (process, address);

    internal Uri Address { get; }

    internal static async Task<Server> StartAsync(CancellationToken cancellationToken, params string[] settings)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var tool = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Parley.Cli", configuration, "parley.dll"));
        var start = new ProcessStartInfo("dotnet", [tool, "serve", "--port", "0"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var setting in settings)
            start.Environment[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (AddressPattern().Match(line) is { Success: true } match)
            {
                // Keep reading, or a full pipe would block the server.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return new Server(process, new Uri(match.Value));
            }
        }
        throw new InvalidOperationException($"{tool} exited without printing its address. Build the whole solution first.");
    }

    internal LiveClient Client() => LiveClient.FromApiKey("parley-dev", new LiveClientOptions { BaseAddress = Address });

    /// <summary>CPU time of the server and all its descendants.</summary>
    internal TimeSpan CpuTime() => Tree().Aggregate(TimeSpan.Zero, (sum, id) => sum + TimeOf(id));

    /// <summary>Resident memory of the server and each of its descendants, with its command.</summary>
    internal IReadOnlyList<(string Command, double Megabytes)> Memory() => [.. Tree().Select(id => (CommandOf(id), ResidentOf(id)))];

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private List<int> Tree()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Stat(id) is { } stat)
                parents[id] = int.Parse(stat[1], CultureInfo.InvariantCulture);
        }
        List<int> tree = [_process.Id];
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(parents.Where(pair => pair.Value == tree[i]).Select(pair => pair.Key));
        return tree;
    }

    private static TimeSpan TimeOf(int id) =>
        Stat(id) is { } stat ? TimeSpan.FromSeconds((long.Parse(stat[11], CultureInfo.InvariantCulture) + long.Parse(stat[12], CultureInfo.InvariantCulture)) / 100.0) : TimeSpan.Zero;

    // The fields after the name, which may contain spaces: state, parent, …
    private static string[]? Stat(int id) => Read(id, "stat") is { } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static double ResidentOf(int id) =>
        Read(id, "status")?.Split('\n').FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)) is { } line
            ? long.Parse(line["VmRSS:".Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024.0
            : 0;

    private static string CommandOf(int id) => string.Join(' ', (Read(id, "cmdline") ?? "").Split('\0').Where(part => part.Length > 0).Take(3).Select(Path.GetFileName));

    private static string? Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // The process has exited.
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();
}
