namespace Parley.Testing.Tests.Cassettes;

/// <summary>
/// The corpus of hard sessions. To record it again after a change of the server: <c>PARLEY_CASSETTE_MODE=record</c>, run these tests, and look at the diff.
/// </summary>
[Collection("Cassettes")]
public sealed class CorpusTests
{
    public static TheoryData<string> Names => new(Corpus.Sessions.Select(static session => session.Name));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Session_is_recorded_again_as_it_is_in_the_corpus(string name)
    {
        var session = Corpus.Find(name);
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        Running.Begin(server, session);
        session.Script(server);

        await session.Client(server);
        server.Verify();
        await server.QuietAsync(Cancellation);
        var recorded = Cassette.FromJournal(server.Journal);

        if (Environment.GetEnvironmentVariable(CassetteOptions.ModeVariable) == "record")
            recorded.Save(session.Folder);
        var stored = Cassette.Load(session.Folder);
        Assert.Equal([], session.Compare(stored, recorded));
        if (!session.HasRace)
            Assert.Equal(stored.ToString(), recorded.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Cassette_of_the_corpus_is_played_to_the_same_client(string name)
    {
        var session = Corpus.Find(name);
        await using var server = await LiveTestServer.StartAsync(options => options.UseCassette(Cassette.Load(session.Folder)), Cancellation);
        Running.Begin(server, session);

        await session.Client(server);

        server.Verify();
        await server.QuietAsync(Cancellation);
        Assert.Equal([], session.Compare(server.Cassette!, Cassette.FromJournal(server.Journal)));
    }
}
