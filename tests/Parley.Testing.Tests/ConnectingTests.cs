using Microsoft.Extensions.DependencyInjection;
using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>Ways to reach the server.</summary>
public sealed class ConnectingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_client_of_a_service_collection_is_replaced()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("hello").Says("Hi.").Times(3);
        var services = new ServiceCollection();
        services.AddLiveClient(static options => options.ApiKey = "a-key-of-the-service");
        services.AddLiveClient("other", static options => options.ApiKey = "another-key");
        services.AddLiveTestServer(server);
        await using var provider = services.BuildServiceProvider();

        LiveClient[] clients =
        [
            provider.GetRequiredService<LiveClient>(), provider.GetRequiredKeyedService<LiveClient>("other"),
            provider.GetRequiredService<ILiveClientFactory>().CreateClient("other"),
        ];
        foreach (var client in clients)
        {
            await using var session = await client.ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);
            Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);
        }

        Assert.Equal(3, server.Journal.Connections);
        server.Verify();
    }

    [Fact]
    public async Task Server_with_a_port_is_reached_over_loopback_and_in_memory()
    {
        await using var server = await LiveTestServer.StartAsync(static options => options.Port = 0, Cancellation);
        server.When("hello").Says("Hi.").Times(2);

        LiveClient[] clients = [server.CreateClient(), server.CreateClient(static options => options.Invoker = null)];
        foreach (var client in clients)
        {
            await using var session = await client.ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);
            Assert.Equal("Hi.", (await session.AskAsync("hello", Cancellation)).Text);
        }

        Assert.True(server.BaseAddress.IsLoopback);
        server.Verify();
    }

    [Fact]
    public async Task Wrong_key_is_refused_as_by_the_service()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        var client = LiveClient.FromApiKey("wrong", server.ClientOptions());

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(new LiveSetup { Model = Conversing.Model }, Cancellation));

        Assert.Equal(EndCause.InvalidKey, error.Cause);
    }
}
