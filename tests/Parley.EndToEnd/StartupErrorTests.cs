using System.Net;
using System.Net.Sockets;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Errors in the command line and the configuration of <c>parley serve</c>: one line on standard error and exit code 2.</summary>
public sealed class StartupErrorTests : IDisposable
{
    private readonly Tool _tool = new(new Uri("http://127.0.0.1:1"));

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("""{"Live":{"Sessions":{"ConnectionLifetime":"banana"}}}""", "parley.json: Live:Sessions:ConnectionLifetime is 'banana'; it takes ")]
    [InlineData("""{"Cascade":{"SuppressEcho":"perhaps"}}""", "parley.json: Cascade:SuppressEcho is 'perhaps'; it takes ")]
    [InlineData("""{"Live":{"Compatibility":"odd"}}""", "parley.json: Live:Compatibility is 'odd'; it takes one of Guide")]
    [InlineData("""{"Live":{""", "parley.json: invalid JSON in line 1.")]
    public async Task Bad_configuration_is_reported_in_one_line_with_file_key_and_value(string json, string expected)
    {
        var file = _tool.PathOf("parley.json");
        await File.WriteAllTextAsync(file.FullName, json, TestContext.Current.CancellationToken);

        await FailsAsync(expected, "serve", "--port", "0", "--config", file.FullName);
    }

    [Theory]
    [InlineData("/proc/self/mem cannot be read: ", "--config", "/proc/self/mem")]
    [InlineData("The data folder /proc/x cannot be created: ", "--data", "/proc/x")]
    [InlineData("The data folder /etc holds other files and can be read by other users. Give a folder of its own, such as /etc/parley.", "--data", "/etc")]
    [InlineData("The folder /etc holds other files and can be read by other users.", "--record", "/etc")]
    [InlineData("--host must be an IP address such as 127.0.0.1 or 0.0.0.0, localhost or *, not 'nonsense'.", "--host", "nonsense")]
    [InlineData("The upstream URL 'nonsense' is not valid.", "--upstream", "nonsense", "--upstream-key", "any")]
    public async Task Bad_option_value_is_reported_in_one_line(string expected, params string[] options) =>
        await FailsAsync(expected, ["serve", "--port", "0", .. options]);

    [Theory]
    [InlineData("--port must be a port number from 0 to 65535, not 'abc'.", "--port", "abc")]
    [InlineData("--port must be a port number from 0 to 65535, not '70000'.", "--port", "70000")]
    [InlineData("--metrics-port must be a port number from 1 to 65535, not '0'.", "--metrics-port", "0")]
    [InlineData("no-such-file.json does not exist. Give a JSON file.", "--config", "no-such-file.json")]
    public async Task Usage_error_is_followed_by_the_help_command(string expected, params string[] options)
    {
        var run = await _tool.RunAsync(["serve", .. options]);

        Assert.Equal(2, run.ExitCode);
        var line = Assert.Single(run.Lines);
        Assert.Contains(expected, line.Text, StringComparison.Ordinal);
        Assert.EndsWith(" Try: ./parley serve --help", line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parley.db", "cannot be used")]
    [InlineData("admin.secret", "The admin secret")]
    [InlineData("keys", "key ring")]
    [InlineData("server.lock", "cannot be used")]
    public async Task Data_folder_with_a_wrong_entry_is_reported_in_one_line(string entry, string expected)
    {
        var data = _tool.PathOf("data").FullName;
        Directory.CreateDirectory(data);
        if (entry == "keys")
            await File.WriteAllTextAsync(Path.Combine(data, entry), "", TestContext.Current.CancellationToken);
        else
            Directory.CreateDirectory(Path.Combine(data, entry));

        await FailsAsync(expected, "serve", "--port", "0", "--data", data, "--admin-port", "0");
    }

    [Fact]
    public async Task Port_in_use_is_reported_in_one_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await FailsAsync(
            $"http://127.0.0.1:{port} is in use. Stop the program that listens there, or give another --port.", "serve", "--port",
            $"{port}");
    }

    private async Task FailsAsync(string expected, params string[] arguments)
    {
        var run = await _tool.RunAsync(arguments);

        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.Contains(expected, Assert.Single(run.Lines, static line => line.IsError).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Lines, static line => line.Text.Contains("   at ", StringComparison.Ordinal));
    }
}
