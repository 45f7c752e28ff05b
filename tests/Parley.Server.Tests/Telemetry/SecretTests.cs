using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Server.Relay;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Telemetry;

/// <summary>Uses known secrets, provokes failures, and searches all logs, traces and responses for the secrets.</summary>
public sealed class SecretTests
{
    private const string UpstreamHandle = "upstream-handle-secret-4242";
    private const string Words = "words-nobody-else-may-read";

    [Fact]
    public async Task Logs_traces_and_error_pages_contain_no_secret()
    {
        var said = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => said.Enqueue(
                $"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(static e => e.Tags))} {string.Join(' ', activity.Baggage)}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        gateway.AllowErrors(static _ => true);

        var handle = await TalkAsync(gateway, upstream);
        await RefuseAsync(gateway, handle);
        said.Enqueue(await FailAsync(gateway));

        foreach (var entry in gateway.Logs.Entries)
            said.Enqueue($"{entry} {string.Join(' ', entry.Values)}");
        Assert.Contains(said, static text => text.Contains("live_session", StringComparison.Ordinal));
        Assert.True(said.Count > 20);
        foreach (var secret in new[] { LiveTestHost.Key, Gateway.UpstreamKey, UpstreamHandle, handle, Words, "wrong-key-secret", "auth_tokens/wrong-token-secret" })
            Assert.DoesNotContain(said, text => text.Contains(secret, StringComparison.OrdinalIgnoreCase) || text.Contains(Uri.EscapeDataString(secret), StringComparison.OrdinalIgnoreCase));
    }

    // As in an application, with a developer exception page that shows the error and the request.
    private static Task<InMemoryHost> StartAsync(RawUpstream upstream) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Logging.AddFilter("Microsoft", LogLevel.Trace);
            builder.Services.AddSingleton<IUpstreamConnector>(provider => new UpstreamConnector(
                provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<RelayOptions>>(), TimeProvider.System, upstream.Host.ConnectAsync));
            builder.Services.AddLiveApi(static options => options.ApiKeys.Add(LiveTestHost.Key)).UseRelay(static options =>
                options.Upstreams.Add(new UpstreamOptions { Name = "up", Url = new Uri("http://upstream.test"), Key = Gateway.UpstreamKey }));
        },
        static app =>
        {
            app.UseDeveloperExceptionPage();
            app.Use(static (context, next) => context.Request.Path.Value!.EndsWith("/models/fault", StringComparison.Ordinal)
                ? throw new InvalidOperationException($"Failed at {context.Request.Path}{context.Request.QueryString}")
                : next(context));
            app.MapLiveApi();
        });

    private static async Task<string> TalkAsync(InMemoryHost gateway, RawUpstream upstream)
    {
        var (client, connection) = await gateway.OpenAsync(upstream, LiveTestHost.ResumableSetup);
        await using var _ = client;
        await client.SayAsync(Words);
        await connection.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"{{{UpstreamHandle}}}","resumable":true}}""");
        var handle = (await client.ReceiveAsync()).NewHandle()!;
        await connection.SendAsync($$$"""{"serverContent":{"modelTurn":{"parts":[{"text":"{{{Words}}}"}]},"turnComplete":true},"usageMetadata":{"totalTokenCount":1}}""");
        var next = upstream.NextAsync();
        await connection.CloseAsync(1011, "Internal error occurred.");
        var second = await next;
        await second.SetupAsync();
        await second.CloseAsync(1008, "BidiGenerateContent session not found");
        await client.ExpectCloseAsync(skipMessages: true);
        return handle;
    }

    private static async Task RefuseAsync(InMemoryHost gateway, string handle)
    {
        foreach (var path in new[] { $"{LiveTestHost.Path}?key=wrong-key-secret", $"{LiveTestHost.Constrained}?access_token=auth_tokens/wrong-token-secret" })
        {
            await using var client = await LiveSocket.ConnectAsync(gateway, path);
            await client.SendJsonAsync(LiveTestHost.Setup);
            await client.ExpectCloseAsync();
        }
        await using var broken = await gateway.ConnectAsync();
        await broken.SendJsonAsync($$$"""{"setup":{"{{{Words}}}":"{{{handle}}}"}}""");
        await broken.ExpectCloseAsync();
    }

    private static async Task<string> FailAsync(InMemoryHost gateway)
    {
        using var http = gateway.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1beta/models/fault?key={LiveTestHost.Key}&access_token=auth_tokens%2Fwrong-token-secret");
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await http.SendAsync(request);
        Assert.Equal(500, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
