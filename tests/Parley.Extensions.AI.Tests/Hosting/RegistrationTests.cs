using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Client;

namespace Parley.Extensions.AI.Tests.Hosting;

public class RegistrationTests
{
    [Fact]
    public void A_realtime_client_is_registered_with_its_middleware()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRealtimeClient(_ => LiveClient.FromApiKey("k").AsRealtimeClient("m")).UseLogging().UseLiveFunctionInvocation();
        using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<IRealtimeClient>();

        Assert.Same(client, provider.GetRequiredService<IRealtimeClient>());
        Assert.IsType<LoggingRealtimeClient>(client);
        Assert.NotNull(client.GetService(typeof(LiveFunctionInvokingRealtimeClient)));
        Assert.Equal("m", Assert.IsType<ChatClientMetadata>(client.GetService(typeof(ChatClientMetadata))).DefaultModelId);
    }

    [Fact]
    public void Keyed_realtime_clients_are_independent()
    {
        var services = new ServiceCollection();
        services.AddKeyedRealtimeClient("a", LiveClient.FromApiKey("k").AsRealtimeClient("m"));
        services.AddKeyedRealtimeClient("b", _ => LiveClient.FromApiKey("k").AsRealtimeClient("n"), ServiceLifetime.Transient);
        using var provider = services.BuildServiceProvider();

        Assert.NotSame(provider.GetRequiredKeyedService<IRealtimeClient>("a"), provider.GetRequiredKeyedService<IRealtimeClient>("b"));
        Assert.NotSame(provider.GetRequiredKeyedService<IRealtimeClient>("b"), provider.GetRequiredKeyedService<IRealtimeClient>("b"));
        Assert.Null(provider.GetService<IRealtimeClient>());
    }
}
