using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The samples that test a voice feature in other languages, with an emulator of their own, and the forms of the Python SDK.</summary>
public sealed class TestSampleTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("--tls")]
    public async Task Tests_in_JavaScript_pass_with_the_emulator(string option)
    {
        Assert.True(
            Directory.Exists(Repository.Find("samples", "testing-js", "node_modules")),
            "The npm packages of samples/testing-js are missing. Run ./test, which installs them.");

        Assert.Contains("# pass 5", await RunAsync("samples/testing-js", $"{option} --scenario scenarios", "node --test"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--tls")]
    public async Task Tests_in_Python_pass_with_the_emulator(string option) =>
        Assert.Contains("Ran 6 tests", await RunAsync("samples/testing-python", $"{option} --scenario scenarios", "/usr/bin/python3 -m unittest"), StringComparison.Ordinal);

    [Fact]
    public async Task Snippet_of_the_page_about_scenarios_gets_a_space_and_verifies_it() =>
        Assert.Contains(
            "200 {\"ok\":true}",
            await RunAsync("samples/testing-js", "--scenario scenarios", $"node '{Repository.Find("tests", "Parley.EndToEnd", "js", "scenarios-page.mjs")}'"), StringComparison.Ordinal);

    [Fact]
    public async Task Messages_of_the_Python_SDK_are_answered_over_TLS_for_every_credential()
    {
        var output = await RunAsync("tests/Parley.EndToEnd/python", "--tls --no-verify", "/usr/bin/python3 emulator-tls.py");

        Assert.All(["key", "token", "vertex key", "vertex bearer"], credential => Assert.Contains($"{credential}: lamp", output, StringComparison.Ordinal));
        Assert.Contains("snippets: 1", output, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string folder, string options, string command)
    {
        var line = $"cd '{Repository.Find(folder.Split('/'))}' && dotnet '{Repository.Tool}' emulator exec {options} -- {command}";
        using var process = ChildProcess.Start("bash", ["-c", line], new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1" }, "Run ./test.");
        await Expect.WithinAsync(process.Exited, $"{command} in {folder} ends", Longest, Cancellation);
        var output = string.Join('\n', process.Lines.Snapshot.Select(static line => line.Text));
        Assert.True(await process.Exited == 0, output);
        return output;
    }
}
