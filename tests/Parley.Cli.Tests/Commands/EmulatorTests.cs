using System.Text.Json;

namespace Parley.Cli.Tests.Commands;

/// <summary><c>parley emulator</c>, its subcommands, and their exit codes.</summary>
public sealed class EmulatorTests
{
    private const string Lamp = "rules: [{ user: lamp, model: Done. }]";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lint_prints_every_problem_with_its_place()
    {
        using var cli = new CliRun();
        var (good, bad) = (cli.Write("good.yaml", Lamp), cli.Write("bad.yaml", "ruls: []\nstrict: no"));

        var human = await cli.RunAsync("emulator", "lint", good, bad);
        var json = await cli.RunAsync("emulator", "lint", bad, "--json");

        Assert.Equal((1, 1), (human.ExitCode, json.ExitCode));
        Assert.Equal([$"{bad}:1:1: error: 'ruls' is not a key of a scenario. Did you mean 'rules'?", $"{bad}:2:9: error: 'strict' must be true or false, not the text 'no'."], human.OutputLines);
        Assert.Equal("2 error(s).", Assert.Single(human.ErrorLines));
        Assert.Equal((2, 9), (json.Json[1].GetProperty("line").GetInt32(), json.Json[1].GetProperty("column").GetInt32()));
        Assert.Equal(0, (await cli.RunAsync("emulator", "lint", good)).ExitCode);
    }

    [Fact]
    public async Task Lint_of_a_folder_checks_its_scenarios()
    {
        using var cli = new CliRun();
        Directory.CreateDirectory(cli.PathOf("scenarios"));
        var empty = await cli.RunAsync("emulator", "lint", cli.PathOf("scenarios"));
        cli.Write("scenarios/bad.yml", "ruls: []");
        cli.Write("scenarios/notes.txt", "not a scenario");

        var run = await cli.RunAsync("emulator", "lint", cli.PathOf("scenarios"));

        Assert.Equal(2, empty.ExitCode);
        Assert.Contains("has no scenario", Assert.Single(empty.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("bad.yml:1:1: error", Assert.Single(run.OutputLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_is_JSON()
    {
        using var cli = new CliRun();

        Assert.Equal("Parley scenario", JsonElement.Parse((await cli.RunAsync("emulator", "schema")).Output).GetProperty("title").GetString());
    }

    [Fact]
    public async Task Emulator_runs_until_it_is_stopped_and_verifies()
    {
        using var cli = new CliRun();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = cli.RunAsync(["emulator", "--scenario", cli.Write("lamp.yaml", Lamp), "--json", "--verify"], stop.Token);
        await cli.Output.WrittenAsync("listening");
        var line = JsonElement.Parse(cli.Output.ToString());
        using var http = new HttpClient();

        var status = JsonElement.Parse(await http.GetStringAsync(line.GetProperty("control").GetString(), Cancellation));
        await stop.CancelAsync();
        var run = await Expect.WithinAsync(running, "the emulator ends", Cancellation);

        Assert.Equal("test-key", line.GetProperty("key").GetString());
        Assert.Equal(line.GetProperty("url").GetString(), status.GetProperty("url").GetString());
        Assert.Equal("lamp", status.GetProperty("scenario").GetString());
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("No client has connected", run.Json[^1].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emulator_with_a_defect_fails_the_check_for_it()
    {
        using var cli = new CliRun();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = cli.RunAsync(["emulator", "--defect", "unknown-message", "--quirk", "odd-audio-parts", "--json"], stop.Token);
        await cli.Output.WrittenAsync("listening");
        var line = JsonElement.Parse(cli.Output.ToString());
        using var other = new CliRun();

        var conform = await other.RunAsync(
            "conform", line.GetProperty("url").GetString()!, "--key", "test-key", "--only", "output.known-members", "--json");
        await stop.CancelAsync();
        await Expect.WithinAsync(running, "the emulator ends", Cancellation);

        Assert.Equal(1, conform.ExitCode);
        Assert.Contains("output.known-members", conform.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quirks", "odd-audio-parts")]
    [InlineData("defects", "text-frames")]
    public async Task Names_are_listed_and_a_wrong_one_is_refused_with_them(string list, string name)
    {
        using var cli = new CliRun();

        Assert.Contains((await cli.RunAsync("emulator", list)).OutputLines, line => line.StartsWith(name, StringComparison.Ordinal));
        var run = await cli.RunAsync("emulator", "--" + list[..^1], "odd");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(name, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_sets_the_variables_and_returns_the_exit_code_of_the_command()
    {
        using var cli = new CliRun();
        var file = cli.PathOf("environment");

        var run = await cli.RunAsync("emulator", "exec", "--no-verify", "--", "sh", "-c", $"env > '{file}'; exit 7");

        Assert.Equal(7, run.ExitCode);
        var variables = (await File.ReadAllLinesAsync(file, Cancellation)).Where(static line => line.Contains('=', StringComparison.Ordinal)).ToLookup(static line => line.Split('=')[0], static line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var url = variables["PARLEY_EMULATOR_URL"].Single();
        Assert.Matches(@"^http://127\.0\.0\.1:\d+$", url);
        Assert.All(["GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL", "PARLEY_URL"], name => Assert.Equal(url, variables[name].Single()));
        Assert.All(["GEMINI_API_KEY", "PARLEY_KEY", "PARLEY_EMULATOR_KEY"], name => Assert.Equal("test-key", variables[name].Single()));
        Assert.Equal(url + "/_parley", variables["PARLEY_EMULATOR_CONTROL"].Single());
        Assert.Empty(variables["GOOGLE_API_KEY"]);
        Assert.Contains("127.0.0.1", variables["NO_PROXY"].Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ask lamp", 0, "")]
    [InlineData("ask door --timeout 1s", 1, "text that contains \"lamp\": the text was \"door\"")]
    public async Task Exec_fails_when_the_scenario_was_not_followed(string client, int exitCode, string report)
    {
        using var cli = new CliRun();
        var tool = Path.Combine(AppContext.BaseDirectory, "parley.dll");

        // What the client makes of it does not count here.
        var run = await cli.RunAsync("emulator", "exec", "--scenario", cli.Write("lamp.yaml", Lamp), "--", "sh", "-c", $"dotnet '{tool}' {client} > '{cli.PathOf("answer")}' 2>&1; true");

        Assert.True(run.ExitCode == exitCode, $"{run}\n{await File.ReadAllTextAsync(cli.PathOf("answer"), Cancellation)}");
        Assert.Contains(report, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emulator_with_TLS_gives_its_CA_and_deletes_it_at_the_end()
    {
        using var cli = new CliRun();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = cli.RunAsync(["emulator", "--tls", "--json"], stop.Token);
        await cli.Output.WrittenAsync("listening");
        var line = JsonElement.Parse(cli.Output.ToString());
        var (ca, bundle) = (line.GetProperty("ca").GetString()!, line.GetProperty("caBundle").GetString()!);

        Assert.Matches(@"^https://127\.0\.0\.1:\d+$", line.GetProperty("url").GetString());
        Assert.StartsWith("https://", line.GetProperty("control").GetString(), StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(ca, Cancellation);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", text, StringComparison.Ordinal);
        Assert.Contains(text, await File.ReadAllTextAsync(bundle, Cancellation), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ca));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bundle));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(ca)!));
        }
        await stop.CancelAsync();
        await Expect.WithinAsync(running, "the emulator ends", Cancellation);
        Assert.False(Directory.Exists(Path.GetDirectoryName(ca)));
    }

    [Fact]
    public async Task Exec_with_TLS_sets_the_variables_by_which_clients_trust_it()
    {
        using var cli = new CliRun();
        var (file, roots, node) = (cli.PathOf("environment"), cli.PathOf("roots"), cli.PathOf("node"));

        var run = await cli.RunAsync("emulator", "exec", "--tls", "--no-verify", "--", "sh", "-c", $"env > '{file}'; cat $SSL_CERT_FILE > '{roots}'; cat $NODE_EXTRA_CA_CERTS > '{node}'");

        Assert.True(run.ExitCode == 0, run.ToString());
        var variables = (await File.ReadAllLinesAsync(file, Cancellation)).Where(static line => line.Contains('=', StringComparison.Ordinal)).ToLookup(static line => line.Split('=')[0], static line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var bundle = variables["SSL_CERT_FILE"].Single();
        Assert.All(["GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL", "PARLEY_URL", "PARLEY_EMULATOR_CONTROL"], name => Assert.StartsWith("https://127.0.0.1:", variables[name].Single(), StringComparison.Ordinal));
        Assert.All(["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"], name => Assert.Equal(bundle, variables[name].Single()));
        var (all, own) = (await File.ReadAllTextAsync(roots, Cancellation), await File.ReadAllTextAsync(node, Cancellation));
        Assert.StartsWith(own, all, StringComparison.Ordinal);
        if (File.Exists("/etc/ssl/certs/ca-certificates.crt"))
            Assert.EndsWith(await File.ReadAllTextAsync("/etc/ssl/certs/ca-certificates.crt", Cancellation) + "\n", all, StringComparison.Ordinal);
        Assert.False(File.Exists(bundle));
    }

    [Fact]
    public async Task Roots_that_the_variables_name_stay_trusted()
    {
        using var cli = new CliRun();
        cli.With("SSL_CERT_FILE", cli.Write("company.pem", "the company")).With("CURL_CA_BUNDLE", cli.PathOf("company.pem")).With("NODE_EXTRA_CA_CERTS", cli.Write("extra.pem", "the extra"));
        var (roots, node) = (cli.PathOf("roots"), cli.PathOf("node"));

        await cli.RunAsync("emulator", "exec", "--tls", "--no-verify", "--", "sh", "-c", $"cat $SSL_CERT_FILE > '{roots}'; cat $NODE_EXTRA_CA_CERTS > '{node}'");
        var missing = await cli.With("SSL_CERT_FILE", cli.PathOf("none.pem")).RunAsync("emulator", "exec", "--tls", "--", "true");

        Assert.Matches(@"^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s+the company\s+$", await File.ReadAllTextAsync(roots, Cancellation));
        Assert.Matches(@"^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s+the extra\s+$", await File.ReadAllTextAsync(node, Cancellation));
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains($"SSL_CERT_FILE, {cli.PathOf("none.pem")}, cannot be read", Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parley_trusts_an_emulator_with_TLS_by_the_variables()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), ".NET reads SSL_CERT_FILE on Linux only.");
        using var cli = new CliRun();
        var tool = Path.Combine(AppContext.BaseDirectory, "parley.dll");

        var run = await cli.RunAsync("emulator", "exec", "--tls", "--scenario", cli.Write("lamp.yaml", Lamp), "--", "sh", "-c", $"dotnet '{tool}' ask lamp > '{cli.PathOf("answer")}' 2>&1");

        Assert.True(run.ExitCode == 0, $"{run}\n{await File.ReadAllTextAsync(cli.PathOf("answer"), Cancellation)}");
    }

    [Theory]
    [InlineData("emulator", "exec", "--", "no-such-command-anywhere")]
    [InlineData("emulator", "exec")]
    [InlineData("emulator", "--scenario", "no-such-file.yaml")]
    [InlineData("emulator", "lint", "no-such-file.yaml")]
    public async Task What_cannot_be_run_is_an_error(params string[] arguments)
    {
        using var cli = new CliRun();

        var run = await cli.RunAsync(arguments);

        Assert.NotEqual(0, run.ExitCode);
        Assert.NotEmpty(run.ErrorLines);
    }

    [Fact]
    public async Task File_with_errors_starts_nothing()
    {
        using var cli = new CliRun();

        var run = await cli.RunAsync("emulator", "--scenario", cli.Write("bad.yaml", "ruls: []"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("bad.yaml:1:1: error: 'ruls'", Assert.Single(run.OutputLines), StringComparison.Ordinal);
        Assert.Contains("has 1 error(s). Nothing was started.", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
