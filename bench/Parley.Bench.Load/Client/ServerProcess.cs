using System.Diagnostics;
using System.Globalization;
using Parley.Bench.Load.Servers;

namespace Parley.Bench.Load.Client;

/// <summary>A server process, with its CPU time and memory.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly Process _process;
    private readonly Uri _origin;

    private ServerProcess(Process process, int port)
    {
        _process = process;
        _origin = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        Address = new Uri(string.Create(
            CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=parley-dev"));
    }

    internal Uri Address { get; }

    internal static Task<ServerProcess> StartAsync(string verb, CancellationToken cancellationToken, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, verb.Split(' '));
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return StartAsync(start, cancellationToken);
    }

    /// <summary>Starts a server under Node.js, with the script first.</summary>
    internal static Task<ServerProcess> StartNodeAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        StartAsync(new ProcessStartInfo("node", arguments), cancellationToken);

    private static async Task<ServerProcess> StartAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        var process = Process.Start(start)!;
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
            if (int.TryParse(line, CultureInfo.InvariantCulture, out var port))
            {
                // Read its log, or a full pipe would block it.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return new ServerProcess(process, port);
            }
            throw new InvalidOperationException($"The server '{start.FileName} {string.Join(' ', start.ArgumentList)}' printed '{line}' instead of its port.");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    internal Dictionary<string, long> ThreadTimes() => ProcessCounters.ThreadTimes(_process.Id);

    internal TimeSpan TimeSince(Dictionary<string, long> before) => ProcessCounters.TimeSince(before, _process.Id);

    internal long ResidentBytes() => ProcessCounters.ResidentBytes(_process.Id);

    /// <summary>Live bytes and bytes allocated in total, optionally after a full collection.</summary>
    internal async Task<(long Alive, long Allocated)> MemoryAsync(bool collect, CancellationToken cancellationToken)
    {
        var text = await Http.GetStringAsync(new Uri(_origin, BenchHost.MemoryPath + (collect ? "?collect" : "")), cancellationToken);
        var numbers = text.Split(' ');
        return (long.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[1], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
