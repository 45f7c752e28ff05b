using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Connecting;

public class SecretsTests
{
    [Theory]
    [InlineData(CredentialPlacement.Header)]
    [InlineData(CredentialPlacement.Query)]
    public async Task No_text_of_the_client_contains_the_key(CredentialPlacement placement)
    {
        var attempt = 0;
        await using var server = await ScriptedLiveServer.StartAsync(async context =>
        {
            if (++attempt == 1)
            {
                context.Response.StatusCode = 403;
                return;
            }
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var peer = new ScriptedPeer(socket, context);
            await peer.ExpectSetupAsync();
            if (attempt == 2)
            {
                await peer.CloseAsync(1008, $"key {ScriptedLiveServer.Key} is bad");
                return;
            }
            await peer.SendAsync(ScriptedPeer.SetupComplete);
            await peer.CloseAsync(1008, $"key {ScriptedLiveServer.Key} is bad");
        });
        void Place(LiveClientOptions options) => options.CredentialPlacement = placement;

        var texts = new List<string?>
        {
            (await Assert.ThrowsAsync<LiveConnectException>(() => server.ConnectAsync(configure: Place))).ToString(),
            (await Assert.ThrowsAsync<LiveConnectException>(() => server.ConnectAsync(configure: Place))).ToString(),
        };
        await using var session = await server.ConnectAsync(configure: Place);
        texts.Add((await session.EndAsync()).ToString());
        texts.Add((await Assert.ThrowsAsync<LiveSessionException>(async () => await session.SendTextAsync("x"))).ToString());
        texts.Add(server.Client(Place).ToString());
        texts.AddRange(server.Logs.Entries.Select(entry => entry.ToString()));

        Assert.Contains("***", texts[1], StringComparison.Ordinal);
        Assert.DoesNotContain(texts, text => text!.Contains(ScriptedLiveServer.Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("has space")]
    [InlineData("has\nnewline")]
    [InlineData("ünicode")]
    [InlineData("auth_tokens/abc")]
    public void A_key_that_cannot_be_one_is_refused_without_repeating_it(string key)
    {
        var refused = Assert.Throws<ArgumentException>(() => LiveClient.FromApiKey(key));
        Assert.True(key.Length == 0 || !refused.Message.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void A_token_without_its_prefix_is_refused() => Assert.Throws<ArgumentException>(() => LiveClient.FromToken("abc"));

    [Fact]
    public void A_keep_alive_timeout_that_would_cut_healthy_sessions_is_refused() =>
        Assert.Throws<ArgumentException>(() => LiveClient.FromApiKey("k", new LiveClientOptions { KeepAliveTimeout = TimeSpan.FromSeconds(20) }));
}
