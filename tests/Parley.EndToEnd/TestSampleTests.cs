using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The samples that test a voice feature in other languages, with an emulator of their own.</summary>
public sealed class TestSampleTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tests_in_JavaScript_pass_with_the_emulator()
    {
        Assert.True(
            Directory.Exists(Repository.Find("samples", "testing-js", "node_modules")),
            "The npm packages of samples/testing-js are missing. Run ./test, which installs them.");

        Assert.Contains("# pass 5", await RunAsync("testing-js", "node", "--test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_in_Python_pass_with_the_emulator() =>
        Assert.Contains("Ran 6 tests", await RunAsync("testing-python", "/usr/bin/python3", "-m", "unittest"), StringComparison.Ordinal);

    [Fact]
    public async Task Snippet_of_the_page_about_scenarios_gets_a_space_and_verifies_it() =>
        Assert.Contains(
            "200 {\"ok\":true}", await RunAsync("testing-js", "node", $"'{Repository.Find("tests", "Parley.EndToEnd", "js", "scenarios-page.mjs")}'"), StringComparison.Ordinal);

    private static async Task<string> RunAsync(string sample, params string[] tests)
    {
        var line = $"cd '{Repository.Find("samples", sample)}' && dotnet '{Repository.Tool}' emulator exec --scenario scenarios -- {string.Join(' ', tests)}";
        using var process = ChildProcess.Start("bash", ["-c", line], new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1" }, "Run ./test.");
        await Expect.WithinAsync(process.Exited, "the tests of the sample end", Longest, Cancellation);
        var output = string.Join('\n', process.Lines.Snapshot.Select(static line => line.Text));
        Assert.True(await process.Exited == 0, output);
        return output;
    }
}
