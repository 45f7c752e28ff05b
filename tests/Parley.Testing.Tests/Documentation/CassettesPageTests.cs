using Parley.Client;

namespace Parley.Testing.Tests.Documentation;

/// <summary>The snippets of docs/cassettes.md.</summary>
[Collection("Cassettes")]
public sealed class CassettesPageTests : IDisposable
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
    public void Lines_of_the_format_are_a_cassette()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "messages.jsonl"), Assert.Single(SnippetTests.Snippets("cassettes.md", "json")));

        var cassette = Cassette.Load(_folder.FullName);

        Assert.Equal(("gemini-3.8-live", new DateOnly(2026, 1, 31)), (cassette.Model, cassette.Recorded));
        Assert.Equal([0, 1, 1, 4], cassette.Entries.Select(static entry => entry.After));
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
