namespace Parley.Testing.Tests.Documentation;

/// <summary>The table and the snippets of docs/quirks.md.</summary>
public sealed class QuirksPageTests
{
    [Fact]
    public void Quirks_are_in_the_table_with_their_descriptions_and_sources()
    {
        var rows = File.ReadAllLines(SnippetTests.PathOf("docs/quirks.md")).Where(static line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(
            Quirk.All.Select(static quirk => $"| `{quirk.Name}` | {quirk.Description} | {quirk.Section} | {(quirk.IsDisruptive ? "yes" : "")} | {quirk.Source}, {quirk.Date:yyyy-MM-dd} |"),
            rows);
    }

    [Fact]
    public async Task Quirks_are_enabled_by_name_and_mixed()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);

        server.Quirks.Enable(Quirk.OddAudioParts, Quirk.LateTranscripts);
        server.Quirks.Mix(seed: 7);                                  // a third of those that lose nothing, always the same for a seed
        server.Quirks.Mix(seed: 7, share: 0.5, disruptive: true);    // half of all

        Assert.InRange(server.Quirks.Enabled.Count, 12, 30);
    }
}
