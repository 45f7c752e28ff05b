using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Hosting;

public class AddLiveClientTests
{
    [Fact]
    public async Task A_client_comes_from_the_container_and_logs_there()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.CloseAsync(1000);
        });
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(server.Logs));
        services.AddLiveClient(options => (options.ApiKey, options.BaseAddress, options.Invoker) = ("k", server.Host.BaseAddress, server.Host.Invoker));
        await using var provider = services.BuildServiceProvider();

        await using var session = await provider.GetRequiredService<LiveClient>().ConnectAsync(new LiveSetup { Model = "gemini-test" });
        await session.EndAsync();

        Assert.Contains(server.Logs.Entries, entry => entry.Message.Contains("gemini-test", StringComparison.Ordinal));
        Assert.Same(provider.GetRequiredService<LiveClient>(), provider.GetRequiredService<ILiveClientFactory>().CreateClient());
    }

    [Fact]
    public void Named_clients_are_resolved_by_name()
    {
        var services = new ServiceCollection();
        services.AddLiveClient("eu", options => (options.ApiKey, options.BaseAddress) = ("k", new Uri("https://eu.example/")));
        services.AddLiveClient("us", options => (options.AuthToken, options.BaseAddress) = ("auth_tokens/t", new Uri("https://us.example/")));
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<ILiveClientFactory>();

        Assert.Equal("LiveClient(https://eu.example/, key)", factory.CreateClient("eu").ToString());
        Assert.Equal("LiveClient(https://us.example/, token)", factory.CreateClient("us").ToString());
        Assert.Same(factory.CreateClient("eu"), provider.GetRequiredKeyedService<LiveClient>("eu"));
        Assert.Contains("AddLiveClient(\"asia\")", Assert.Throws<InvalidOperationException>(() => factory.CreateClient("asia")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => factory.CreateClient());
    }

    [Fact]
    public void Options_are_bound_to_configuration_and_a_change_makes_a_new_client()
    {
        var settings = new Dictionary<string, string?> { ["Gemini:ApiKey"] = "first", ["Gemini:BaseAddress"] = "http://127.0.0.1:8080", ["Gemini:SetupTimeout"] = "00:00:05", ["Gemini:CredentialPlacement"] = "Query" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddLiveClient().BindConfiguration("Gemini");
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<ILiveClientFactory>();
        var first = factory.CreateClient();
        var options = provider.GetRequiredService<IOptionsMonitor<HostedLiveClientOptions>>().CurrentValue;

        Assert.Equal(("first", TimeSpan.FromSeconds(5), CredentialPlacement.Query), (options.ApiKey, options.SetupTimeout, options.CredentialPlacement));
        Assert.Equal(new Uri("http://127.0.0.1:8080"), first.BaseAddress);

        Assert.Same(first, factory.CreateClient());
        configuration["Gemini:BaseAddress"] = "http://127.0.0.1:9090";
        configuration.Reload();
        Assert.Equal(new Uri("http://127.0.0.1:9090"), factory.CreateClient().BaseAddress);
    }

    [Fact]
    public void The_key_of_the_environment_is_used_if_the_options_have_no_credential()
    {
        var before = Environment.GetEnvironmentVariable(HostedLiveClientOptions.KeyVariable);
        try
        {
            var services = new ServiceCollection();
            services.AddLiveClient();
            Environment.SetEnvironmentVariable(HostedLiveClientOptions.KeyVariable, "from-the-environment");
            using (var provider = services.BuildServiceProvider())
                Assert.Equal("from-the-environment", provider.GetRequiredService<IOptions<HostedLiveClientOptions>>().Value.ApiKey);

            Environment.SetEnvironmentVariable(HostedLiveClientOptions.KeyVariable, null);
            using (var provider = services.BuildServiceProvider())
                Assert.Contains(HostedLiveClientOptions.KeyVariable, Assert.Throws<OptionsValidationException>(provider.GetRequiredService<LiveClient>).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(HostedLiveClientOptions.KeyVariable, before);
        }
    }

    [Theory]
    [InlineData("not both", "k", "auth_tokens/t")]
    [InlineData("auth_tokens/", null, "t")]
    [InlineData("characters", "has space", null)]
    [InlineData("at least 60 s", "k", null, 20)]
    public void Invalid_options_stop_the_host_at_start(string says, string? key, string? token, int keepAliveSeconds = 60)
    {
        var services = new ServiceCollection();
        services.AddLiveClient(options => (options.ApiKey, options.AuthToken, options.KeepAliveTimeout) = (key, token, TimeSpan.FromSeconds(keepAliveSeconds)));
        using var provider = services.BuildServiceProvider();

        // A host calls this when it starts.
        var refused = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("has space", refused.Message, StringComparison.Ordinal);
    }
}
