using System.Text;
using System.Text.Json;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>Concurrent uses of a token are counted once each. <c>PARLEY_LONG=1</c> runs a hundred rounds of a thousand sockets.</summary>
public sealed class TokenRaceTests
{
    private const int Clients = 1_000;
    private const int BehindTheBacklog = 64;

    private static readonly int Rounds = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 100 : 10;

    [Fact]
    public async Task Single_use_token_opens_one_of_a_thousand_concurrent_sessions()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        for (var round = 0; round < Rounds; round++)
            Assert.Equal((1, Clients - 1), await RaceAsync(host));
        Assert.Equal(Rounds, model.Sessions.Snapshot.Count);
    }

    [Fact]
    public async Task Single_use_token_in_a_data_folder_opens_one_of_many_concurrent_sessions()
    {
        using var folder = new TempFolder();
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), dataFolder: folder.Path);
        Assert.Equal((1, Clients - 1), await RaceAsync(host));
    }

    /// <returns>How many sessions opened, and how many were closed because all uses were taken.</returns>
    private static async Task<(int In, int UsedUp)> RaceAsync(InMemoryHost host)
    {
        using var http = host.CreateClient();
        using var minted = await http.PostAsync(
            new Uri($"/v1beta/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), new StringContent("""{"uses":1}""", Encoding.UTF8, "application/json"));
        var token = JsonElement.Parse(await minted.Content.ReadAsStringAsync()).GetProperty("name").GetString();
        var sockets = new List<LiveSocket>();
        for (var i = 0; i < Clients; i += BehindTheBacklog)
            sockets.AddRange(await Task.WhenAll(Enumerable.Range(i, Math.Min(BehindTheBacklog, Clients - i)).Select(_ => LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}"))));

        var outcomes = await Task.WhenAll(sockets.Select(OpenAsync));

        foreach (var socket in sockets)
            await socket.DisposeAsync();
        return (outcomes.Count(static outcome => outcome is null), outcomes.Count(static outcome => outcome == LiveClose.TokenUsedUp.Reason));
    }

    private static async Task<string?> OpenAsync(LiveSocket socket)
    {
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
