namespace Parley.EndToEnd.Harness;

/// <summary>One aimock for a class of tests, on a port the system chose.</summary>
public sealed class AimockProcess : IAsyncLifetime
{
    private ChildProcess? _process;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists(Repository.Find("tests", "Parley.EndToEnd", "js", "node_modules", "@copilotkit")))
            throw new ExpectationException("The npm packages of the tests are missing. Run ./test, which installs them.");
        _process = ChildProcess.Start(
            "node", [Repository.Find("tests", "Parley.EndToEnd", "js", "aimock.mjs")], new Dictionary<string, string>(), "Run ./test, which says what to install.");
        var line = await _process.Lines.FirstAsync(
            line => line.Text.StartsWith("http://", StringComparison.Ordinal), "aimock prints its address");
        Address = new Uri(line.Text);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Terminate();
            await Expect.WithinAsync(_process.Exited, "aimock ends after SIGTERM");
            _process.Dispose();
        }
    }
}
