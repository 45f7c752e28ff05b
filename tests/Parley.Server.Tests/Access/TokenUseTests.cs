using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>A token pays for sessions that open, once each; and nothing opens for a key that is no longer valid.</summary>
public sealed class TokenUseTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<bool, string> Failures => new(
        from onDisk in (bool[])[false, true]
        from failure in (string[])["refused", "unavailable", "exception", "late", "cancelled"]
        select (onDisk, failure));

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Use_is_returned_if_the_model_does_not_start(bool onDisk, string failure)
    {
        var failures = 0;
        await using var host = await StartAsync(onDisk, new EchoModel { Starting = (_, _) => ++failures <= 3 ? FailAsync(failure) : default });
        host.AllowErrors(static _ => true);
        var token = await MintAsync(host, uses: 1);

        for (var i = 0; i < 3; i++)
            Assert.NotEqual(LiveClose.TokenUsedUp.Reason, await TryOpenAsync(host, token));

        await using (await OpenAsync(host, token))
        {
        }
        Assert.Equal(LiveClose.TokenUsedUp.Reason, await TryOpenAsync(host, token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concurrent_failures_return_each_use_exactly_once(bool onDisk)
    {
        var starts = 0;
        await using var host = await StartAsync(onDisk, new EchoModel { Starting = (_, _) => Interlocked.Increment(ref starts) % 2 == 0 ? FailAsync("late") : default });
        var token = await MintAsync(host, uses: 8);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => TryOpenAsync(host, token)));
        var opened = outcomes.Count(static outcome => outcome is null);
        string? last;
        do
        {
            last = await TryOpenAsync(host, token);
            opened += last is null ? 1 : 0;
        }
        while (last != LiveClose.TokenUsedUp.Reason);

        Assert.Equal(8, opened);
    }

    [Fact]
    public async Task Use_is_not_returned_to_a_client_that_leaves_during_the_start()
    {
        var model = new EchoModel { Starting = static (_, cancellationToken) => new(Task.Delay(Timeout.Infinite, cancellationToken)) };
        await using var host = await StartAsync(onDisk: false, model);
        host.AllowErrors(static entry => entry.Exception is OperationCanceledException);
        var token = await MintAsync(host, uses: 1);
        var client = await ConnectAsync(host, token);
        await client.SendJsonAsync(LiveTestHost.Setup);
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await client.DisposeAsync();

        Assert.Equal(LiveClose.TokenUsedUp.Reason, await TryOpenAsync(host, token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Key_revoked_between_upgrade_and_setup_opens_nothing(bool onToken)
    {
        await using var host = await StartAsync(onDisk: true, new EchoModel());
        var keys = host.Services.GetRequiredService<LiveKeys>();
        var created = await keys.CreateAsync("site");
        await using var client = onToken ? await ConnectAsync(host, await MintAsync(host, 1, created.Secret)) : await host.ConnectAsync(key: created.Secret);

        await keys.RevokeAsync(created.Key.Id);
        await client.SendJsonAsync(LiveTestHost.Setup);

        Assert.Equal(LiveClose.InvalidKey, await client.ExpectCloseAsync() is var close ? new LiveClose(close.Code, close.Reason) : null);
    }

    [Fact]
    public async Task Key_revoked_while_the_model_starts_opens_nothing()
    {
        var starting = new SyncPoint("the model starts");
        var model = new EchoModel { Starting = (_, cancellationToken) => new(starting.PassAsync(cancellationToken)) };
        await using var host = await StartAsync(onDisk: false, model);
        var keys = host.Services.GetRequiredService<LiveKeys>();
        var created = await keys.CreateAsync("site");
        await using var client = await host.ConnectAsync(key: created.Secret);
        await client.SendJsonAsync(LiveTestHost.Setup);
        await starting.ReachedAsync();

        await keys.RevokeAsync(created.Key.Id);
        starting.Release();

        Assert.Equal(LiveClose.InvalidKey.Reason, (await client.ExpectCloseAsync()).Reason);
        await (await model.FirstSessionAsync()).Disposed.FirstAsync(static _ => true, "the model is disposed");
    }

    private Task<InMemoryHost> StartAsync(bool onDisk, EchoModel model) => LiveTestHost.StartAsync(model, dataFolder: onDisk ? _folder.Path : null);

    private static async ValueTask FailAsync(string failure)
    {
        if (failure == "late")
            await Task.Yield();
        throw failure switch
        {
            "refused" => new LiveCloseException(new LiveClose(1007, "not this")),
            "exception" => new NotSupportedException("broken"),
            "cancelled" => new OperationCanceledException(),
            _ => new LiveCloseException(LiveClose.Unavailable),
        };
    }

    private static async Task<string> MintAsync(InMemoryHost host, int uses, string key = LiveTestHost.Key)
    {
        using var http = host.CreateClient();
        using var response = await http.PostAsync(
            new Uri($"/v1/auth_tokens?key={key}", UriKind.Relative), new StringContent($$"""{"uses":{{uses}}}""", Encoding.UTF8, "application/json"));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
    }

    private static Task<LiveSocket> ConnectAsync(InMemoryHost host, string token) => LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}");

    private static async Task<LiveSocket> OpenAsync(InMemoryHost host, string token)
    {
        var client = await ConnectAsync(host, token);
        await client.SendJsonAsync(LiveTestHost.Setup);
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        return client;
    }

    /// <returns>The reason of the close; null if the session opened.</returns>
    private static async Task<string?> TryOpenAsync(InMemoryHost host, string token)
    {
        await using var client = await ConnectAsync(host, token);
        await client.SendJsonAsync(LiveTestHost.Setup);
        try
        {
            await client.ReceiveAsync();
            return null;
        }
        catch (ExpectationException)
        {
            return client.Socket.CloseStatusDescription ?? "";
        }
    }
}
