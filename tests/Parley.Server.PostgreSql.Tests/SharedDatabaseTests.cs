using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.PostgreSql.Tests.Support;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>Two servers on one database.</summary>
public sealed class SharedDatabaseTests(PostgresCluster cluster) : IAsyncLifetime
{
    private readonly string _schema = PostgresCluster.NewSchema();
    private readonly EchoModel _modelOne = new(), _modelTwo = new();
    private InMemoryHost _one = null!, _two = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _one = await StartAsync(_modelOne);
        _two = await StartAsync(_modelTwo);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await cluster.ExecuteAsync($"DROP SCHEMA {_schema} CASCADE");
    }

    [Fact]
    public async Task Session_resumes_on_the_other_server_and_its_old_connection_is_closed_when_it_saves()
    {
        await using var old = await _one.OpenAsync(LiveTestHost.ResumableSetup);
        var session = await _modelOne.FirstSessionAsync();
        session.Output.Checkpoint("said|picture|sound");
        var handle = await HandleAsync(old);

        await using var client = await _two.OpenAsync(Resume(handle));
        var resumed = await _modelTwo.FirstSessionAsync();
        session.Output.Checkpoint("stale");

        Assert.Equal(LiveClose.Aborted.Reason, (await old.ExpectCloseAsync()).Reason);
        Assert.Equal(("said|picture|sound", session.Start.SessionId), (resumed.Start.ResumeFrom, resumed.Start.SessionId));
        resumed.Output.Checkpoint("going on");
        var next = await HandleAsync(client);
        await client.DisposeAsync();
        await using var back = await _one.OpenAsync(Resume(next));
        Assert.Equal("going on", (await _modelOne.Sessions.FirstAsync(static started => started.Start.ResumeFrom is not null, "the session is back")).Start.ResumeFrom);
    }

    [Fact]
    public async Task Token_of_one_server_opens_one_session_on_any()
    {
        using var http = _one.CreateClient();
        using var minted = await http.PostAsync(
            new Uri($"/v1beta/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), new StringContent("""{"uses":1}""", Encoding.UTF8, "application/json"), Cancellation);
        var token = JsonElement.Parse(await minted.Content.ReadAsStringAsync(Cancellation)).GetProperty("name").GetString()!;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => OpenAsync(i % 2 == 0 ? _one : _two, token)));

        Assert.Equal(1, outcomes.Count(static outcome => outcome is null));
        Assert.Equal(39, outcomes.Count(static outcome => outcome == LiveClose.TokenUsedUp.Reason));
    }

    [Fact]
    public async Task Key_of_one_server_works_on_the_other_until_it_is_revoked()
    {
        var keys = _one.Services.GetRequiredService<LiveKeys>();
        var created = await keys.CreateAsync("site", cancellationToken: Cancellation);
        await using (await _two.OpenAsync(key: created.Secret))
        {
        }

        await keys.RevokeAsync(created.Key.Id, Cancellation);
        await using var refused = await _two.ConnectAsync(key: created.Secret);
        await refused.SendJsonAsync(LiveTestHost.Setup);

        Assert.Equal(LiveClose.InvalidKey.Reason, (await refused.ExpectCloseAsync()).Reason);
    }

    [Fact]
    public async Task Database_contains_no_key_token_or_handle()
    {
        var created = await _one.Services.GetRequiredService<LiveKeys>().CreateAsync("site", cancellationToken: Cancellation);
        using var http = _one.CreateClient();
        using var minted = await http.PostAsync(new Uri($"/v1beta/auth_tokens?key={created.Secret}", UriKind.Relative), null, Cancellation);
        var token = JsonElement.Parse(await minted.Content.ReadAsStringAsync(Cancellation)).GetProperty("name").GetString()!;
        await using var client = await _one.OpenAsync(LiveTestHost.ResumableSetup);
        (await _modelOne.FirstSessionAsync()).Output.Checkpoint("state");
        var handle = await HandleAsync(client);

        var everything = (string)(await cluster.ExecuteAsync($"SELECT schema_to_xml('{_schema}', true, false, '')::text"))!;

        Assert.Contains(created.Key.Id, everything, StringComparison.Ordinal);
        Assert.All((string[])[LiveTestHost.Key, created.Secret, token, token["auth_tokens/".Length..], handle], secret => Assert.DoesNotContain(secret, everything, StringComparison.Ordinal));
    }

    private Task<InMemoryHost> StartAsync(EchoModel model) => LiveTestHost.StartAsync(model, services: services =>
    {
        services.AddSingleton<ILiveCheckpointCodec, TextCodec>();
        services.AddLiveApi().UsePostgres(cluster.ConnectionString, options => (options.Schema, options.MaxConnections) = (_schema, 10));
    });

    private static async Task<string> HandleAsync(LiveSocket client) =>
        (await client.ReceiveUntilAsync(static frame => frame.NewHandle() is not null, "a handle")).NewHandle()!;

    private static string Resume(string handle) => LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal);

    private static async Task<string?> OpenAsync(InMemoryHost host, string token)
    {
        await using var socket = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}");
        await socket.SendJsonAsync(LiveTestHost.Setup);
        try
        {
            await socket.ReceiveAsync();
            return null;
        }
        catch (ExpectationException)
        {
            return socket.Socket.CloseStatusDescription;
        }
    }
}
