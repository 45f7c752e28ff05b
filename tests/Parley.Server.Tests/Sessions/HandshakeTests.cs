using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Sessions;

public sealed class HandshakeTests
{
    [Fact]
    public async Task Setup_is_answered_and_text_is_echoed()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);
        var first = await client.ReceiveAsync();
        await client.EchoAsync("Hello");

        Assert.Equal("""{"setupComplete":{}}""", first.Json.GetRawText());
        Assert.Equal(WebSocketMessageType.Binary, first.Type);
    }

    [Fact]
    public async Task Config_of_the_guide_is_answered_in_text_messages()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using var client = await host.ConnectAsync();

        await client.SendJsonAsync("""{"config":{"model":"gemini-3.8-live","responseModalities":["AUDIO"]}}""");

        Assert.Equal(WebSocketMessageType.Text, (await client.ReceiveAsync()).Type);
    }

    [Fact]
    public async Task Indented_JSON_matches_the_public_service()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), static options => options.IndentedJson = true);
        using var socket = await host.ConnectWebSocketAsync($"{LiveTestHost.Path}?key={LiveTestHost.Key}");
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(LiveTestHost.Setup), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);

        Assert.Equal("{\n  \"setupComplete\": {}\n}\n", System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Equal(26, received.Count);
    }

    [Fact]
    public async Task Messages_before_setupComplete_are_handled_in_order_after_it()
    {
        var start = new SyncPoint("the start of the model");
        var model = new EchoModel { Starting = async (_, token) => await start.PassAsync(token) };
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);
        await start.ReachedAsync();
        await client.SayAsync("one");
        await client.SayAsync("two");
        start.Release();

        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
        Assert.Equal("one", (await client.ReceiveAsync()).SaidText());
        Assert.Equal("two", (await client.ReceiveAsync()).SaidText());
        await client.EchoAsync("three");
    }

    [Fact]
    public async Task Input_beyond_the_read_ahead_limit_is_not_lost()
    {
        var start = new SyncPoint("the start of the model");
        var model = new EchoModel { Starting = async (_, token) => await start.PassAsync(token) };
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Connections.MaxWaitingBytes = 200);
        await using var client = await host.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);
        await start.ReachedAsync();
        for (var i = 0; i < 20; i++)
            await client.SayAsync($"{i}");
        start.Release();

        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
        for (var i = 0; i < 20; i++)
            Assert.Equal($"{i}", (await client.ReceiveAsync()).SaidText());
    }

    [Fact]
    public async Task Start_is_cancelled_when_the_client_leaves()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = new EchoModel
        {
            Starting = async (_, token) =>
            {
                token.Register(cancelled.SetResult);
                started.SetResult();
                await cancelled.Task;
                throw new LiveCloseException(LiveClose.Internal);
            },
        };
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);
        await Expect.WithinAsync(started.Task, "the model starts");
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        await Expect.WithinAsync(cancelled.Task, "the start is cancelled");
    }

    [Fact]
    public async Task Early_model_output_is_sent_after_setupComplete()
    {
        var model = new HastyModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);

        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
        Assert.Equal("hasty", (await client.ReceiveAsync()).SaidText());
    }

    [Fact]
    public async Task Model_gets_the_canonical_name_and_a_modality()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync(
            """{"setup":{"model":"projects/p/models/gemini-9-live","generationConfig":{"responseModalities":["MODALITY_UNSPECIFIED"]}}}""");

        var session = await model.FirstSessionAsync();

        Assert.Equal("models/gemini-9-live", session.Start.Setup.Model);
        Assert.Equal([Modality.Audio], session.Start.Setup.GenerationConfig!.ResponseModalities!);
        Assert.Equal("permissive", session.Start.Profile.Name);
    }

    [Fact]
    public async Task Empty_message_is_ignored()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using var client = await host.OpenAsync();

        await client.SendJsonAsync("{}");

        await client.EchoAsync("still here");
    }

    private sealed class HastyModel : ILiveModel
    {
        public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
        {
            output.Send(EchoSession.Text("hasty"));
            return new(new EchoSession(new EchoModel(), start, output));
        }
    }
}
