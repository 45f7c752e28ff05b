using System.Text.RegularExpressions;
using Parley.Client;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>The snippets of docs/cassettes.md run here as they are there, with other paths.</summary>
[Collection("Cassettes")]
public sealed partial class GuideTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-cassettes-");

    private string Tape => Path.Combine(_folder.FullName, "order-pizza.cassette");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Snippets_record_and_replay()
    {
        await RecordAsync(Tape);
        await ReplayAsync(Tape);
        await MatchAsync(Tape);
    }

    [Fact]
    public void Every_snippet_of_the_guide_is_in_this_file()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Parley.slnx")))
            root = root.Parent!;
        var source = Plain(File.ReadAllText(Path.Combine(root.FullName, "tests", "Parley.Testing.Tests", "Cassettes", "GuideTests.cs")));

        var snippets = Snippets().Matches(File.ReadAllText(Path.Combine(root.FullName, "docs", "cassettes.md"))).Select(static match => match.Groups[1].Value).ToList();

        Assert.Equal(3, snippets.Count);
        Assert.All(snippets, snippet => Assert.Contains(Plain(snippet.Replace("\"cassettes/order-pizza.cassette\"", "tape", StringComparison.Ordinal)), source, StringComparison.Ordinal));
    }

    private static async Task ReplayAsync(string tape)
    {
        await using var server = await LiveTestServer.StartAsync(options => options.UseCassette(tape, cassette =>
        {
            cassette.Upstream = new Uri("https://generativelanguage.googleapis.com");
            cassette.UpstreamKey = Environment.GetEnvironmentVariable("GEMINI_API_KEY");
        }));

        await new Waiter(server.CreateClient()).OrderAsync("One margherita");       // your code

        server.Verify();
    }

    private static async Task RecordAsync(string folder)
    {
        await using var scripted = await LiveTestServer.StartAsync();
        scripted.When("margherita").Says("Ten minutes.");

        await using var recorder = await LiveTestServer.StartAsync(options => options.UseCassette(folder, cassette =>
        {
            (cassette.Upstream, cassette.UpstreamInvoker, cassette.UpstreamKey) = (scripted.BaseAddress, scripted.Invoker, scripted.ApiKey);
        }));

        await new Waiter(recorder.CreateClient()).OrderAsync("One margherita");
        recorder.Verify();
    }

    private static async Task MatchAsync(string tape)
    {
        await using var server = await LiveTestServer.StartAsync(options => Configure(options, tape));
        await new Waiter(server.CreateClient()).OrderAsync("One margherita");
        server.Verify();
    }

    private static void Configure(LiveTestServerOptions options, string tape)
    {
        options.UseCassette(tape, cassette =>
        {
            cassette.Match = CassetteMatch.Everything & ~CassetteMatch.Order;          // Setup, Text, ToolNames, ToolResponses, Order, Others
            cassette.Ignore.Add("setup.systemInstruction");
            cassette.Ignore.Add("toolResponse.functionResponses[].response.time");
        });
    }

    private static string Plain(string code) => Spaces().Replace(code, " ").Trim();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippets();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    /// <summary>Code under test.</summary>
    private sealed class Waiter(LiveClient client)
    {
        internal async Task OrderAsync(string text)
        {
            await using var session = await client.ConnectAsync(new LiveSetup { Model = Conversing.Model }, TestContext.Current.CancellationToken);
            await Expect.WithinAsync(session.AskAsync(text, TestContext.Current.CancellationToken), "the answer", TestContext.Current.CancellationToken);
        }
    }
}
