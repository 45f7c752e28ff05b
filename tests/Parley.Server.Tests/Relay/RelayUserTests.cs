using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Tests.Access;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>Users whom the application has signed in, in front of an upstream.</summary>
public sealed class RelayUserTests
{
    [Fact]
    public async Task Pinned_setup_of_a_user_and_policy_of_its_group_reach_the_upstream_but_not_its_sign_in()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(
            upstream.Host,
            configure: static options =>
            {
                options.Upstreams[0].ForwardHeaders.Add("x-goog-user-project");
                options.Policies["trial"] = new RelayPolicy { Keys = { "users-trial" }, Modalities = { "AUDIO" } };
            },
            services: static services => AddUsers(services, static () => new LiveUser
            {
                Id = "alice", Group = "trial", Setup = new Setup { SystemInstruction = new Content { Parts = [new Part { Text = "Bicycles." }] } }, FieldMask = ["systemInstruction"],
            }));
        var next = upstream.NextAsync();

        await using var client = await ConnectAsync(gateway);
        await client.SendJsonAsync(LiveTestHost.Setup.Replace("}}", ""","systemInstruction":{"parts":[{"text":"Cars."}]}}}""", StringComparison.Ordinal));
        var opened = await next;
        var setup = await opened.SetupAsync();
        await opened.SendAsync("""{"setupComplete":{}}""");
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"));

        Assert.Contains("Bicycles.", setup, StringComparison.Ordinal);
        Assert.DoesNotContain("Cars.", setup, StringComparison.Ordinal);
        Assert.Equal("billing-7", opened.Headers["x-goog-user-project"]);
        Assert.DoesNotContain(opened.Headers, static header => header.Value.Contains("sub=alice", StringComparison.Ordinal) || header.Value.Contains("user-header", StringComparison.Ordinal));

        // A pinned setup restricts the session: what this version does not know is not forwarded.
        await client.SendJsonAsync("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Cars."}]}}}""");
        Assert.Equal(1007, (await client.ExpectCloseAsync(skipMessages: true)).Code);

        await using var text = await ConnectAsync(gateway);
        await text.SendJsonAsync(LiveTestHost.Setup.Replace("}}", ""","generationConfig":{"responseModalities":["TEXT"]}}}""", StringComparison.Ordinal));
        Assert.Equal(1007, (await text.ExpectCloseAsync()).Code);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public async Task Relay_on_an_open_address_starts_without_keys_only_behind_a_sign_in(bool authorizes, bool hasPolicy, bool starts)
    {
        await using var host = await InMemoryHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthorization();
                builder.Services.AddLiveApi().UseDefaultModel(static _ => new EchoModel());
                if (hasPolicy)
                    AddUsers(builder.Services, static () => null);
            },
            app =>
            {
                var mapped = app.MapLiveApi();
                if (authorizes)
                    mapped.RequireAuthorization();
            });
        var guard = ActivatorUtilities.CreateInstance<RelayGuard>(host.Services, new object[] { new IServer[] { new OpenServer() } });

        var failure = await Record.ExceptionAsync(() => guard.StartedAsync(TestContext.Current.CancellationToken));

        Assert.Equal(starts, failure is null);
        if (!starts)
            Assert.Contains("RequireAuthorization", failure!.Message, StringComparison.Ordinal);
    }

    private static void AddUsers(IServiceCollection services, Func<LiveUser?> user)
    {
        services.AddAuthentication("Claims").AddScheme<AuthenticationSchemeOptions, ClaimsHandler>("Claims", null);
        services.AddLiveApi().UseUsers(_ => user());
    }

    private static Task<LiveSocket> ConnectAsync(InMemoryHost gateway) => LiveSocket.ConnectAsync(gateway, LiveTestHost.Path, static options =>
    {
        options.SetRequestHeader(ClaimsHandler.Header, "sub=alice");
        options.SetRequestHeader("Authorization", "Bearer user-header");
        options.SetRequestHeader("X-Goog-User-Project", "billing-7");
    });

    private sealed class OpenServer : IServer
    {
        public OpenServer()
        {
            var addresses = new ServerAddressesFeature();
            addresses.Addresses.Add("http://0.0.0.0:8080");
            Features.Set<IServerAddressesFeature>(addresses);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
