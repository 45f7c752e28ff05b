using System.Net;
using Microsoft.Extensions.Time.Testing;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Client.Tests.Connecting;

public class ConnectTests
{
    private static readonly LiveSetup Setup = new() { Model = "gemini-test" };

    [Fact]
    public async Task A_session_sends_text_and_receives_the_answer()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal("models/gemini-test", peer.Setup.GetProperty("model").GetString());
            Assert.Equal("Hello", (await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("text").GetString());
            await peer.SendAsync(Wire.Text("Hi."));
            await peer.SendAsync("""{"serverContent":{"generationComplete":true,"turnComplete":true}}""");
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        await session.SendTextAsync("Hello");

        Assert.Equal("Hi.", (await session.NextAsync<TextUpdate>()).Text);
        await session.NextAsync<TurnCompleteUpdate>();
    }

    [Theory]
    [InlineData(CredentialPlacement.Header, "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent")]
    [InlineData(CredentialPlacement.Query, "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key=" + ScriptedLiveServer.Key)]
    public async Task The_key_is_sent_where_the_options_place_it(CredentialPlacement placement, string address)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            Assert.Equal(address, peer.PathAndQuery);
            Assert.Equal(placement == CredentialPlacement.Header ? ScriptedLiveServer.Key : "", peer.Headers["x-goog-api-key"].ToString());
            await peer.AcceptSetupAsync();
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(Setup, options => options.CredentialPlacement = placement);
    }

    [Theory]
    [InlineData(CredentialPlacement.Header)]
    [InlineData(CredentialPlacement.Query)]
    public async Task A_token_connects_to_the_constrained_method(CredentialPlacement placement)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            Assert.StartsWith("/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained", peer.PathAndQuery, StringComparison.Ordinal);
            var expected = placement == CredentialPlacement.Header ? "Token " + ScriptedLiveServer.Token : "";
            Assert.Equal(expected, peer.Headers.Authorization.ToString());
            Assert.Equal(placement == CredentialPlacement.Query, peer.PathAndQuery.EndsWith("?access_token=" + Uri.EscapeDataString(ScriptedLiveServer.Token), StringComparison.Ordinal));
            await peer.AcceptSetupAsync();
            Assert.Equal("""{"sessionResumption":{}}""", peer.Setup.GetRawText());
            await peer.ExpectCloseAsync();
        });
        var client = LiveClient.FromToken(ScriptedLiveServer.Token, server.Options(o => (o.ApiVersion, o.CredentialPlacement) = ("v1alpha", placement)));
        await using var session = await client.ConnectAsync(new LiveSetup());
    }

    [Fact]
    public async Task The_client_sends_nothing_before_setupComplete_and_keeps_earlier_messages()
    {
        var acknowledged = new SyncPoint("setup acknowledged");
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.ExpectSetupAsync();
            await peer.SendAsync("{}");
            await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h0","resumable":true}}""");
            await peer.SendAsync("""{"usageMetadata":{"totalTokenCount":3}}""");
            await acknowledged.PassAsync();
            await peer.SendAsync("""{"setupComplete":{"sessionId":"s-1"}}""");
            Assert.Equal("x", (await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("text").GetString());
            await peer.CloseAsync(1000);
        });
        var connecting = server.Client().ConnectAsync(Setup);
        await acknowledged.ReachedAsync();
        Assert.False(connecting.IsCompleted);

        acknowledged.Release();
        await using var session = await Expect.WithinAsync(connecting, "the session opens");
        Assert.Equal("s-1", session.SessionId);
        await session.SendTextAsync("x");

        Assert.Equal(["ResumptionUpdate", "UsageUpdate", "SetupCompleteUpdate", "SessionEndedUpdate"], (await session.ReadToEndAsync()).Select(u => u.GetType().Name));
        Assert.Equal("h0", session.ResumptionHandle);
        Assert.Equal(3, session.Usage.TotalTokens);
    }

    [Fact]
    public async Task A_refused_setup_reports_why()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.ExpectSetupAsync();
            await peer.CloseAsync(1008, "models/gemini-test is not found for API version v1, or is not supported for bidiGenerateContent. Call ListM");
        });

        var refused = await Assert.ThrowsAsync<LiveConnectException>(() => server.ConnectAsync());

        Assert.Equal((1008, EndCause.UnknownModel, false), (refused.CloseCode, refused.Cause, refused.CanRetry));
        Assert.Contains("is not found for API version v1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ListModelsAsync", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_object_instead_of_the_acknowledgement_is_a_refusal()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.ExpectSetupAsync();
            await peer.SendAsync("""{"error":{"code":400,"message":"API key expired. Please renew the API key.","status":"INVALID_ARGUMENT"}}""");
        });

        var refused = await Assert.ThrowsAsync<LiveConnectException>(() => server.ConnectAsync());

        Assert.Equal(EndCause.ExpiredKey, refused.Cause);
    }

    [Theory]
    [InlineData(401, EndCause.NoIdentity, false)]
    [InlineData(403, EndCause.Forbidden, false)]
    [InlineData(404, EndCause.UnknownEndpoint, false)]
    [InlineData(429, EndCause.Quota, true)]
    [InlineData(503, EndCause.Unavailable, true)]
    public async Task A_refused_upgrade_reports_its_status(int status, EndCause cause, bool canRetry)
    {
        await using var server = await ScriptedLiveServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var refused = await Assert.ThrowsAsync<LiveConnectException>(() => server.ConnectAsync());

        Assert.Equal(((HttpStatusCode)status, cause, canRetry), (refused.StatusCode, refused.Cause, refused.CanRetry));
    }

    [Fact]
    public async Task An_unreachable_server_and_a_refusal_are_different_errors()
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, _) => throw new IOException("no route") };
        using var invoker = new HttpMessageInvoker(handler);
        var client = LiveClient.FromApiKey(ScriptedLiveServer.Key, new LiveClientOptions { BaseAddress = new Uri("http://parley.test"), Invoker = invoker });

        var failed = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(Setup));

        Assert.Equal((EndCause.Network, true, (HttpStatusCode?)null), (failed.Cause, failed.CanRetry, failed.StatusCode));
    }

    [Fact]
    public async Task Connecting_fails_after_the_setup_timeout()
    {
        var clock = new FakeTimeProvider();
        var waiting = new SyncPoint("setup taken");
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.ExpectSetupAsync();
            await waiting.PassAsync();
        });
        server.Abandon();
        var connecting = server.Client(options => options.TimeProvider = clock).ConnectAsync(Setup);
        await waiting.ReachedAsync();

        clock.Advance(TimeSpan.FromSeconds(15));
        var failed = await Assert.ThrowsAsync<LiveConnectException>(() => Expect.WithinAsync(connecting, "connecting fails"));
        waiting.Release();

        Assert.Equal((EndCause.Timeout, true), (failed.Cause, failed.CanRetry));
        Assert.Contains("15 s", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_the_caller_is_a_cancellation_and_not_a_timeout()
    {
        var waiting = new SyncPoint("setup taken");
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.ExpectSetupAsync();
            await waiting.PassAsync();
        });
        server.Abandon();
        using var cancel = new CancellationTokenSource();
        var connecting = server.Client().ConnectAsync(Setup, cancel.Token);
        await waiting.ReachedAsync();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.WithinAsync(connecting, "connecting ends"));
        waiting.Release();
    }

    [Fact]
    public async Task A_setup_without_a_model_is_refused_before_sending()
    {
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => LiveClient.FromApiKey(ScriptedLiveServer.Key).ConnectAsync(new LiveSetup()));

        Assert.Contains("LiveSetup.Model", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_client_example_of_a_setup_goes_to_the_wire_unchanged_through_Configure()
    {
        foreach (var file in WireExamples.Client.Where(file => file.Contains("setup-", StringComparison.Ordinal) && !file.Contains("guide", StringComparison.Ordinal) && !file.Contains("snake", StringComparison.Ordinal)))
        {
            var wire = LiveCodec.DecodeRequest(WireExamples.Utf8(file)).Setup!;
            var setup = new LiveSetup { Model = wire.Model, Configure = s => Copy(wire, s) };
            Assert.Equal(Encode(wire), Encode(setup.ToWire()));
        }
        await Task.CompletedTask;

        static void Copy(Setup from, Setup to)
        {
            foreach (var property in typeof(Setup).GetProperties().Where(property => property.CanWrite))
                property.SetValue(to, property.GetValue(from));
        }

        static string Encode(Setup setup)
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            LiveCodec.Encode(setup, buffer);
            return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }
}
