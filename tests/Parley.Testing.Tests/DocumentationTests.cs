using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>The examples of docs/testing.md and docs/quirks.md run: each is between marks here, and on its page word for word.</summary>
public sealed class DocumentationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Examples_are_on_their_pages_word_for_word()
    {
        var pages = File.ReadAllText(Page("testing.md")) + File.ReadAllText(Page("quirks.md"));
        var examples = Examples(File.ReadAllLines(ThisFile())).ToList();

        Assert.Equal(5, examples.Count);
        Assert.All(examples, example => Assert.Contains(example, pages, StringComparison.Ordinal));
    }

    [Fact]
    public void Quirks_are_in_the_table_with_their_texts_and_sources()
    {
        var rows = File.ReadAllLines(Page("quirks.md")).Where(static line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(
            Quirk.All.Select(static quirk => $"| `{quirk.Name}` | {quirk.Text} | {quirk.Section} | {(quirk.IsDisruptive ? "yes" : "")} | {quirk.Source}, {quirk.Date:yyyy-MM-dd} |"),
            rows);
    }

    [Fact]
    public async Task Assertions_and_playback_of_the_page_hold()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Waits(TimeSpan.FromMilliseconds(300)).Calls("set_lamp", new { room = "kitchen" }).Says("It is on.");
        var tool = AIFunctionFactory.Create(static (string room) => new { room, on = true }, "set_lamp");
        await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true, Tools = [tool] }, Cancellation);
        var asking = session.AskAsync("Turn on the lamp", Cancellation);
        await server.QuietAsync(Cancellation);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);
        await asking;

        // <example>
        server.Journal.VerifyOrder("user: \"Turn on the lamp\"", "calls set_lamp*kitchen", "model: \"It is on.\"");
        server.Journal.VerifyNone("interrupted");
        server.Journal.VerifyWithin(TimeSpan.FromMilliseconds(500), "user:", "model:");
        server.Journal.VerifyToolResponse("set_lamp", """{ "room": "kitchen", "on": true }""");
        server.Journal.VerifySetup("""{ "tools": [{ "functionDeclarations": [{ "name": "set_lamp" }] }] }""");
        // </example>
        var directory = Directory.CreateTempSubdirectory();
        var file = Path.Combine(directory.FullName, "call.wav");
        // <example>
        var playback = server.Journal.Playback;
        Assert.True(playback.LongestGap < TimeSpan.FromMilliseconds(200));
        Assert.True(playback.Turns[0].TimeToFirstAudio < TimeSpan.FromSeconds(1));
        // </example>
        playback.Audio.Save(file);
        Assert.True(new FileInfo(file).Length > 0.9 * 48_000);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Quirks_and_shared_server_of_the_page_work()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        // <example>
        server.Quirks.Enable(Quirk.OddAudioParts, Quirk.LateTranscripts);
        server.Quirks.Mix(seed: 7);                                  // a third of those that lose nothing, always the same for a seed
        server.Quirks.Mix(seed: 7, share: 0.5, disruptive: true);    // half of all
        // </example>
        Assert.InRange(server.Quirks.Enabled.Count, 12, 30);
        // <example>
        await using var test = server.AddTest("turns on the lamp");
        test.When("lamp").Says("Done.");
        var concierge = new Concierge(test.CreateClient());         // or any client with test.ApiKey
        // </example>
        Assert.Equal("Done.", await concierge.AskAsync("lamp"));
        test.Verify();
    }

    [Fact]
    public async Task Fakes_of_the_page_work()
    {
        // <example>
        var session = new FakeLiveSession().Answers("It is sunny.");
        var answer = await new Concierge(new FakeLiveClient(session)).AskAsync("How is the weather?");

        Assert.Equal(["How is the weather?"], session.SentTexts);
        // </example>
        Assert.Equal("It is sunny.", answer);
    }

    // What is between the marks, without its indentation.
    private static IEnumerable<string> Examples(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() == "// <example>")
                yield return string.Join('\n', lines.Skip(i + 1).TakeWhile(static line => line.Trim() != "// </example>").Select(static line => line.Length > 8 ? line[8..] : ""));
        }
    }

    private static string Page(string name) => Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "docs", name);

    private static string ThisFile([CallerFilePath] string path = "") => File.Exists(path) ? path
        : Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "tests", "Parley.Testing.Tests", Path.GetFileName(path));

    private sealed class Concierge(LiveClient client)
    {
        internal async Task<string> AskAsync(string question)
        {
            await using var session = await client.ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);
            return (await session.AskAsync(question, Cancellation)).Text;
        }
    }
}
