using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;
using Parley.Protocol;
using Parley.Server.Storage;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Wire;

/// <summary>Every case of <c>invalid.expectations.json</c> that the server answers; those of conversations are tested in Parley.Cascade.Tests.</summary>
public sealed class InvalidExpectationTests
{
    private static readonly string[] OfTheConversation =
    [
        "invalid.activity-with-automatic-vad.json",
        "invalid.tool-response-unknown-id.json",
        "invalid.tool-response-without-id.json",
        "invalid.client-content-on-31-midway.json",
    ];

    public static TheoryData<string> Files =>
        [.. WireExamples.Expectations.Files.Where(static f => f.Direction == WireDirection.ClientToServer && !OfTheConversation.Contains(f.File)).Select(static f => f.File)];

    public static TheoryData<string> CompatibleFiles => [.. WireExamples.Expectations.Files.Where(static f => f.CompatibilityMode is not null).Select(static f => f.File)];

    public static TheoryData<string> RawFrames => [.. WireExamples.Expectations.RawFrames.Select(static f => f.Name)];

    public static TheoryData<string> Handshakes => [.. WireExamples.Expectations.Handshakes.Select(static h => h.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Invalid_message_closes_as_documented(string file)
    {
        var expected = WireExamples.Expectations.File(file);
        var time = new FakeTimeProvider();
        await using var host = await StartAsync(expected.State, time);
        var message = WireExamples.Text(file);
        if (file == "invalid.stale-handle.json")
            message = message.Replace("h1.expired", await StaleHandleAsync(host, time), StringComparison.Ordinal);
        await using var client = await ConnectAsync(host, expected.State);

        await client.SendJsonAsync(message);

        await ExpectAsync(client, expected.Close);
    }

    [Theory]
    [MemberData(nameof(CompatibleFiles))]
    public async Task Forms_of_the_guide_are_accepted(string file)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        var state = WireExamples.Expectations.File(file).State;
        await using var client = await ConnectAsync(host, state);

        await client.SendJsonAsync(WireExamples.Text(file));

        if (state.StartsWith("first message", StringComparison.Ordinal))
            Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
        await client.EchoAsync("still here");
    }

    [Theory]
    [MemberData(nameof(RawFrames))]
    public async Task Raw_invalid_frames_close_as_documented(string name)
    {
        var frame = WireExamples.Expectations.RawFrame(name);
        await using var host = await StartAsync(frame.State);
        await using var client = await ConnectAsync(host, frame.State);

        await SendAnywayAsync(client, frame);

        if (name == "invalid-utf8-text")
        {
            // Here the socket of the server closes by itself, and does not wait for an answer.
            await client.Socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);
            Assert.Equal(frame.Close!.Code, (int?)client.Socket.CloseStatus);
            return;
        }
        if (frame.Close is null)
            Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
        await ExpectAsync(client, frame.Close);
    }

    [Theory]
    [MemberData(nameof(Handshakes))]
    public async Task Invalid_handshake_is_refused(string name)
    {
        var handshake = WireExamples.Expectations.Handshake(name);
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        var path = name switch
        {
            "no-credential" => LiveTestHost.Path,
            "bad-key" => LiveTestHost.Path + "?key=wrong",
            "token-on-plain-method" => LiveTestHost.Path + "?access_token=auth_tokens/x",
            "unknown-path" => "/ws/nothing",
            _ => throw new InvalidOperationException($"A new handshake: {handshake.Request}"),
        };
        if (handshake.Status != 101)
        {
            Assert.Equal((HttpStatusCode)handshake.Status, await host.ExpectRefusedAsync(path));
            return;
        }
        await using var client = await LiveSocket.ConnectAsync(host, path);

        await client.SendJsonAsync(LiveTestHost.Setup);

        await ExpectAsync(client, handshake.Close);
    }

    private static Task<InMemoryHost> StartAsync(string state, TimeProvider? time = null) => LiveTestHost.StartAsync(
        new EchoModel(),
        options => options.Compatibility = state.Contains("strict mode", StringComparison.Ordinal) ? LiveCompatibility.Strict : LiveCompatibility.Guide,
        time);

    private static Task<LiveSocket> ConnectAsync(InMemoryHost host, string state) =>
        state.StartsWith("after setupComplete", StringComparison.Ordinal) ? host.OpenAsync() : host.ConnectAsync();

    private static async Task ExpectAsync(LiveSocket client, ExpectedClose? expected)
    {
        if (expected is null)
        {
            await client.EchoAsync("still here");
            return;
        }
        var close = await client.ExpectCloseAsync();
        Assert.True(expected.Matches(close.Code, close.Reason), $"Closed with {close}, expected {expected}");
    }

    // The server may close before it has read all of an oversized message.
    private static async Task SendAnywayAsync(LiveSocket client, RawFrame frame)
    {
        try
        {
            await client.SendAsync(frame.Payload, frame.Type);
        }
        catch (WebSocketException) when (frame.Close is not null)
        {
        }
    }

    private static async Task<string> StaleHandleAsync(InMemoryHost host, FakeTimeProvider time)
    {
        var handle = "";
        await using (var client = await host.OpenAsync("""{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{}}}"""))
        {
            var model = (EchoModel)host.Services.GetService(typeof(ILiveModel))!;
            var session = await model.FirstSessionAsync();
            session.Output.Checkpoint(new object());
            handle = (await client.ReceiveUntilAsync(static f => f.NewHandle() is not null, "a handle")).NewHandle()!;
            await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
            await session.Disposed.FirstAsync(static _ => true, "the session ends");
        }
        time.Advance(TimeSpan.FromHours(2));
        return handle;
    }
}
