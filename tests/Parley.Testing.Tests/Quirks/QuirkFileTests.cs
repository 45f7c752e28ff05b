using Parley.Client;

namespace Parley.Testing.Tests.Quirks;

/// <summary>Quirks of scenario files.</summary>
public sealed class QuirkFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_enables_quirks_by_name()
    {
        var file = ScenarioFile.Parse("""{"quirks":["odd-audio-parts","empty-messages"],"rules":[{"user":"hello","model":"Hi."}]}""");
        await using var server = await LiveTestServer.StartAsync(file, cancellationToken: Cancellation);
        await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);

        Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);

        Assert.Equal([Quirk.EmptyMessages, Quirk.OddAudioParts], server.Quirks.Enabled);
        Assert.Contains(server.Journal.Entries, static entry => entry.Payload.Length == 2);
    }
}
