using System.Net;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using Parley.Client;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>
/// One <c>parley serve</c> for a class of tests, on a port the system chose. After the class the process is asked to
/// stop; an error in its log, a message that violates the schema, or an exit code other than 0 fails the class.
/// </summary>
public sealed partial class ParleyProcess : IAsyncLifetime
{
    public const string Key = "parley-dev";

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _recording = Directory.CreateTempSubdirectory("parley-end-to-end-");
    private readonly string[] _moreOptions;
    private ChildProcess? _process;

    public ParleyProcess()
        : this([])
    {
    }

    /// <param name="moreOptions">Further options of <c>parley serve</c>.</param>
    internal ParleyProcess(params string[] moreOptions) => _moreOptions = moreOptions;

    /// <summary>Speech recognizer. Default: none, so that transcripts are the same on every machine.</summary>
    internal string Recognizer { get; init; } = "none";

    /// <summary>Speech detector. Default: by level, so that speech sent with a wrong rate is still detected.</summary>
    internal string Detector { get; init; } = "energy";

    /// <summary>Such as <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Id of its process, to find its child processes.</summary>
    internal int ProcessId => Running.Id;

    private ChildProcess Running => _process ?? throw new InvalidOperationException("parley serve was not started.");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Repository.Tool))
            throw new ExpectationException($"{Repository.Tool} does not exist. Build the whole solution, or run ./test.");
        _process = ChildProcess.Start(
            "dotnet",
            [Repository.Tool, "serve", "--port", "0", "--record", _recording.FullName, .. _moreOptions],
            new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1", ["Speech__Recognizer__Provider"] = Recognizer, ["Speech__Detector__Provider"] = Detector },
            "Install the .NET SDK of global.json.");
        try
        {
            var line = await _process.Lines.FirstAsync(
                line => !line.IsError && AddressPattern().IsMatch(line.Text), "parley serve prints its address");
            Address = new Uri(AddressPattern().Match(line.Text).Value);
            await Expect.WithinAsync(RequireHealthyAsync(), "an answer to GET /healthz");
        }
        catch (ExpectationException e)
        {
            var log = Log;
            _process.Dispose();
            _process = null;
            throw new ExpectationException($"{e.Message}{Environment.NewLine}{log}", e);
        }
    }

    /// <summary>Opens a socket to any path; every message received on it is validated against the schema.</summary>
    public async Task<LiveSocket> OpenAsync(
        string pathAndQuery, Action<ClientWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        configure?.Invoke(socket.Options);
        await Expect.WithinAsync(
            socket.ConnectAsync(new Uri($"ws://{Address.Authority}{pathAndQuery}"), cancellationToken), $"an upgrade of {pathAndQuery}", cancellationToken);
        return new LiveSocket(socket);
    }

    /// <summary>Creates our client for this server.</summary>
    public LiveClient CreateClient(string key = Key) => LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = Address });

    /// <summary>Stops the process with SIGTERM and waits for it.</summary>
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
        List<string> failures = [];
        try
        {
            if (await StopAsync() is var code and not 0)
                failures.Add($"parley serve ended with exit code {code}.");
        }
        catch (ExpectationException e)
        {
            failures.Add(e.Message);
        }

        _process.Dispose();
        failures.AddRange(
            _process.Lines.Snapshot.Where(line => ErrorPattern().IsMatch(line.Text)).Select(line => $"Unexpected in the log: {line.Text}"));
        failures.AddRange(RecordedSessions.Check(_recording));
        if (failures.Count > 0)
        {
            throw new ExpectationException(
                $"{string.Join(Environment.NewLine, failures)}{Environment.NewLine}Recording: {_recording.FullName}{Environment.NewLine}{Log}");
        }

        _recording.Delete(recursive: true);
    }

    private string Log => $"Output of parley serve:{Environment.NewLine}{string.Join(Environment.NewLine, Running.Lines.Snapshot.Select(line => "  " + line.Text))}";

    private async Task RequireHealthyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var response = await http.GetAsync(new Uri("/healthz", UriKind.Relative));
        if (response.StatusCode != HttpStatusCode.OK)
            throw new ExpectationException($"GET /healthz was answered with {(int)response.StatusCode}.");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();

    // How the console logger of .NET marks errors and critical errors, after the time.
    [GeneratedRegex(@"^([\d:.]+ )?(fail|crit):|Unhandled exception")]
    private static partial Regex ErrorPattern();
}
