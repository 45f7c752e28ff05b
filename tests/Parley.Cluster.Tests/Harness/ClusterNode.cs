using System.Globalization;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;

namespace Parley.Cluster.Tests.Harness;

/// <summary>One <c>parley serve --postgres</c>, which keeps its name and port when it is started again.</summary>
internal sealed partial class ClusterNode(string name, string configuration, IReadOnlyDictionary<string, string> environment) : IDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(1);

    private readonly int _port = Ports.Free();
    private readonly List<ChildProcess> _processes = [];

    public string Name => name;

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));

    /// <summary>Address of its admin API.</summary>
    public Uri Admin { get; private set; } = new("http://127.0.0.1/");

    public EventLog<OutputLine> Lines => Process.Lines;

    public bool IsRunning => _processes.Count > 0 && !Process.Exited.IsCompleted;

    /// <summary>The newest lines of its log, without those of turns.</summary>
    public string Log => string.Join('\n', Process.Lines.Snapshot.Where(static line => !line.Text.Contains("CascadeModel", StringComparison.Ordinal)).TakeLast(60).Select(static line => "  " + line.Text));

    private ChildProcess Process => _processes[^1];

    /// <summary>Starts it, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        var process = ChildProcess.Start(
            "dotnet",
            [Repository.Tool, "serve", "--port", _port.ToString(CultureInfo.InvariantCulture), "--admin-port", "0", "--no-console", "--config", configuration],
            new Dictionary<string, string>(environment) { ["DOTNET_NOLOGO"] = "1", ["Live__NodeName"] = name },
            "Install the .NET SDK of global.json.");
        _processes.Add(process);
        try
        {
            var line = await process.Lines.FirstAsync(static line => line.Text.StartsWith("admin ", StringComparison.Ordinal), $"{name} prints the address of its admin API");
            Admin = new Uri(line.Text["admin ".Length..].Trim());
            await WhenReadyAsync();
        }
        catch (ExpectationException e)
        {
            throw new ExpectationException($"{e.Message}\n{Log}", e);
        }
    }

    /// <summary>Waits until it accepts sessions.</summary>
    public async Task WhenReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        await Polling.UntilAsync(async () => (await http.GetAsync(new Uri("/readyz", UriKind.Relative))).IsSuccessStatusCode, $"{name} is ready");
    }

    /// <summary>Kills it with SIGKILL.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Expect.WithinAsync(Process.Exited, $"{name} is gone");
    }

    /// <summary>Asks it to end with SIGTERM, and waits for it.</summary>
    public async Task StopAsync()
    {
        Process.Terminate();
        await Expect.WithinAsync(Process.Exited, $"{name} ends after SIGTERM", LongestStop);
        Assert.Equal(0, await Process.Exited);
    }

    public void Suspend() => Process.Suspend();

    public void Continue() => Process.Continue();

    /// <summary>Errors in its logs since the last call.</summary>
    public IEnumerable<string> TakeErrors() =>
        _processes.SelectMany(static process =>
        {
            var errors = process.Lines.Snapshot.Where(static line => ErrorPattern().IsMatch(line.Text)).Select(static line => line.Text).ToList();
            process.Lines.Clear();
            return errors;
        }).Select(error => $"{name}: {error}").ToList();

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
    }

    // How the console logger of .NET marks errors and critical errors, after the time.
    [GeneratedRegex(@"^([\d:.]+ )?(fail|crit):|Unhandled exception")]
    private static partial Regex ErrorPattern();
}
