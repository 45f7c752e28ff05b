using System.Net;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using Parley.Client;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>
/// One <c>parley serve</c> for a class of tests, on a port the system chose. When the class is done the process is asked to end, and
/// what it logged and every message it sent is looked at: an error, a message against the schema or an end by force fails the class.
/// </summary>
public sealed partial class ParleyProcess : IAsyncLifetime
{
    public const string Key = "parley-dev";

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenHealthChecks = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryInfo _recording = Directory.CreateTempSubdirectory("parley-end-to-end-");
    private readonly string[] _more;
    private ChildProcess? _process;

    public ParleyProcess()
        : this([])
    {
    }

    /// <param name="more">Further options of <c>parley serve</c>.</param>
    internal ParleyProcess(params string[] more) => _more = more;

    /// <summary>What understands speech. Nothing, so that what is heard is the same on every machine, unless a test wants to be understood.</summary>
    internal string Recognizer { get; init; } = "none";

    /// <summary>What finds speech. The level, so that speech played at another rate is still taken for speech, unless a test wants a finer ear.</summary>
    internal string Detector { get; init; } = "energy";

    /// <summary>Such as <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Its process, for those who look at what it started.</summary>
    internal int ProcessId => Running.Id;

    private ChildProcess Running => _process ?? throw new InvalidOperationException("parley serve was not started.");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Repository.Tool))
            throw new ExpectationException($"{Repository.Tool} is not there. Build the whole solution, or run ./test.");
        _process = ChildProcess.Start(
            "dotnet",
            [Repository.Tool, "serve", "--port", "0", "--record", _recording.FullName, .. _more],
            new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1", ["Speech__Recognizer__Provider"] = Recognizer, ["Speech__Detector__Provider"] = Detector },
            "Install the .NET SDK of global.json.");
        try
        {
            var line = await _process.Lines.FirstAsync(line => !line.IsError && AddressPattern().IsMatch(line.Text), "parley serve prints its address");
            Address = new Uri(AddressPattern().Match(line.Text).Value);
            await Expect.WithinAsync(WaitUntilHealthyAsync(), "GET /healthz is answered with 200");
        }
        catch (ExpectationException e)
        {
            var log = Log;
            _process.Dispose();
            _process = null;
            throw new ExpectationException($"{e.Message}{Environment.NewLine}{log}", e);
        }
    }

    /// <summary>A socket to any path; every message received on it is held against the schema at once.</summary>
    public async Task<LiveSocket> OpenAsync(
        string pathAndQuery, Action<ClientWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        configure?.Invoke(socket.Options);
        await Expect.WithinAsync(
            socket.ConnectAsync(new Uri($"ws://{Address.Authority}{pathAndQuery}"), cancellationToken), $"an upgrade of {pathAndQuery}", cancellationToken);
        return new LiveSocket(socket);
    }

    /// <summary>Our own client, pointed here.</summary>
    public LiveClient CreateClient(string key = Key) => LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = Address });

    /// <summary>Asks the process to end as a service manager does, and waits for it.</summary>
    public async Task<int> StopAsync()
    {
        Running.Terminate();
        await Expect.WithinAsync(Running.Exited, "parley serve ends after SIGTERM", LongestStop);
        return await Running.Exited;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        List<string> complaints = [];
        try
        {
            if (await StopAsync() is var code and not 0)
                complaints.Add($"parley serve ended with exit code {code}.");
        }
        catch (ExpectationException e)
        {
            complaints.Add(e.Message);
        }

        _process.Dispose();
        complaints.AddRange(_process.Lines.Snapshot.Where(line => ErrorPattern().IsMatch(line.Text)).Select(line => $"Unexpected in the log: {line.Text}"));
        complaints.AddRange(RecordedSessions.Check(_recording));
        if (complaints.Count > 0)
        {
            throw new ExpectationException(
                $"{string.Join(Environment.NewLine, complaints)}{Environment.NewLine}Recording: {_recording.FullName}{Environment.NewLine}{Log}");
        }

        _recording.Delete(recursive: true);
    }

    private string Log => $"Output of parley serve:{Environment.NewLine}{string.Join(Environment.NewLine, Running.Lines.Snapshot.Select(line => "  " + line.Text))}";

    private async Task WaitUntilHealthyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var timer = new PeriodicTimer(BetweenHealthChecks);
        while ((await http.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode != HttpStatusCode.OK)
            await timer.WaitForNextTickAsync();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();

    // How the console logger of .NET marks an error and a critical error, behind the time.
    [GeneratedRegex(@"^([\d:.]+ )?(fail|crit):|Unhandled exception")]
    private static partial Regex ErrorPattern();
}
