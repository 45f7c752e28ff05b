using System.Net.WebSockets;
using System.Text;
using CsCheck;
using Parley.Protocol;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Sessions;

public sealed class InputTests
{
    private const string Manual = """{"setup":{"model":"models/gemini-test","realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}""";

    [Theory]
    [InlineData("audio/pcm;rate=16000", 16_000)]
    [InlineData("audio/pcm", 16_000)]
    [InlineData("audio/pcm;rate=24000", 24_000)]
    [InlineData("audio/L16; rate=8000", 8_000)]
    [InlineData("audio/pcm;rate=\"16000\";Channels=1", 16_000)]
    public async Task Audio_reaches_the_model_with_its_rate(string mimeType, int rateHz)
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        await client.SendJsonAsync(new { RealtimeInput = new { Audio = new { MimeType = mimeType, Data = new byte[] { 1, 2, 3, 4 } } } });

        var heard = await NextAudioAsync(await model.FirstSessionAsync());
        Assert.Equal(rateHz, heard.RateHz);
        Assert.Equal([1, 2, 3, 4], heard.Pcm);
    }

    [Theory]
    [InlineData("""{"realtime_input":{"media_chunks":[{"mime_type":"audio/pcm","data":"AQI="}]}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AQI","mimeType":"audio/pcm","displayName":"mic"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AQI=","mimeType":"audio\/pcm"}}}""")]
    public async Task Audio_is_accepted_in_every_JSON_form(string message)
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        await client.SendJsonAsync(message);

        Assert.Equal([1, 2], (await NextAudioAsync(await model.FirstSessionAsync())).Pcm);
    }

    [Fact]
    public async Task Combined_members_take_effect_in_a_fixed_order()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        await client.SendJsonAsync("""{"realtimeInput":{"activityEnd":{},"audio":{"mimeType":"audio/pcm","data":"AQI="},"text":"now","activityStart":{}}}""");
        await client.ReceiveUntilAsync(static f => f.SaidText() == "now", "the echo");

        await client.EchoAsync("done");
        var heard = (await model.FirstSessionAsync()).Heard.Snapshot;
        Assert.NotNull(Input(heard[0]).ActivityStart);
        Assert.IsType<HeardAudio>(heard[1]);
        Assert.Equal("now", Input(heard[2]).Text);
        Assert.NotNull(Input(heard[3]).ActivityEnd);
    }

    [Fact]
    public async Task Sample_split_between_chunks_is_joined()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        foreach (byte[] chunk in (byte[][])[[1, 2, 3], [4, 5, 6, 7, 8], [9], [10]])
            await SendAudioAsync(client, chunk);
        await client.EchoAsync("done");

        var heard = (await model.FirstSessionAsync()).Heard.Snapshot.OfType<HeardAudio>().ToArray();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], heard.SelectMany(static h => h.Pcm));
        Assert.All(heard, static h => Assert.Equal(0, h.Pcm.Length % 2));
    }

    [Fact]
    public async Task Half_a_sample_at_the_end_of_the_stream_is_dropped()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        await SendAudioAsync(client, [1, 2, 3]);
        await client.SendJsonAsync("""{"realtimeInput":{"audioStreamEnd":true}}""");
        await SendAudioAsync(client, [4, 5]);
        await client.EchoAsync("done");

        Assert.Equal([1, 2, 4, 5], (await model.FirstSessionAsync()).Heard.Snapshot.OfType<HeardAudio>().SelectMany(static h => h.Pcm));
    }

    [Theory]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/opus","data":"AQI="}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=1","data":"AQI="}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000;channels=2","data":"AQI="}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/l16;channels=2;rate=48000","data":"AQI="}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000;encoding=signed-int;bits=16","data":"AQI="}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AQI=","mimeType":"audio/pcm;codec=s16le"}}}""")]
    [InlineData("""{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;channels=2","data":"AQI="}]}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AQI="}}}""")]
    [InlineData("""{"realtimeInput":{"video":{"mimeType":"video/mp4","data":"AQI="}}}""")]
    public async Task Invalid_media_closes_with_1007(string message)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using var client = await host.OpenAsync();

        await client.SendJsonAsync(message);

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1007, "Request contains an invalid argument."), (close.Code, close.Reason));
    }

    [Theory]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AQI="}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AQI=","mimeType":"audio/pcm"},"text":"now"}}""")]
    [InlineData("""{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm","data":"AQI="}]}}""")]
    public async Task Audio_before_the_first_activityStart_closes_with_1007_in_manual_mode(string message)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using var client = await host.OpenAsync(Manual);

        await client.SendJsonAsync(message);

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1007, "Request contains an invalid argument."), (close.Code, close.Reason));
    }

    [Fact]
    public async Task Audio_in_and_after_a_marked_activity_is_accepted()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync(Manual);

        await client.SendJsonAsync("""{"realtimeInput":{"activityStart":{},"audio":{"mimeType":"audio/pcm","data":"AQI="}}}""");
        await SendAudioAsync(client, [3, 4]);
        await client.SendJsonAsync("""{"realtimeInput":{"activityEnd":{}}}""");
        await SendAudioAsync(client, [5, 6]);
        await client.EchoAsync("done");

        Assert.Equal([1, 2, 3, 4, 5, 6], (await model.FirstSessionAsync()).Heard.Snapshot.OfType<HeardAudio>().SelectMany(static h => h.Pcm));
    }

    [Fact]
    public async Task Message_is_accepted_in_any_fragmentation()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Messages.MaxBytes = 64 << 10);
        await using var client = await host.OpenAsync();
        var session = await model.FirstSessionAsync();
        var round = 0;

        await Gen.Select(Gen.Int[0, 30_000], Gen.Int[0, 12_000].Array[0, 6], Gen.Bool).SampleAsync(
            async (length, cuts, binary) =>
            {
                var text = $"{Interlocked.Increment(ref round)}:" + new string('ä', length / 2);
                await SendInPartsAsync(client.Socket, Encoding.UTF8.GetBytes($$$"""{"realtimeInput":{"text":"{{{text}}}"}}"""), cuts, binary);
                await client.ReceiveUntilAsync(f => f.SaidText() == text, "the echo");
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public async Task Close_without_code_is_answered()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        await client.Socket.CloseAsync(WebSocketCloseStatus.Empty, null, TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketState.Closed, client.Socket.State);
        await (await model.FirstSessionAsync()).Disposed.FirstAsync(static _ => true, "the session ends");
    }

    [Fact]
    public async Task Lost_client_ends_its_session()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();

        host.CutConnections();

        await (await model.FirstSessionAsync()).Disposed.FirstAsync(static _ => true, "the session ends");
    }

    [Fact]
    public async Task Failing_model_closes_with_1011_and_is_logged_once()
    {
        var model = new EchoModel { Receiving = static (_, _) => throw new NotSupportedException("broken model") };
        await using var host = await LiveTestHost.StartAsync(model);
        host.AllowErrors(static entry => entry.Exception is NotSupportedException);
        await using var client = await host.OpenAsync();

        await client.SayAsync("fail");

        Assert.Equal(1011, (await client.ExpectCloseAsync()).Code);
        Assert.Single(host.Logs.Entries, static entry => entry.Exception is NotSupportedException);
    }

    [Fact]
    public async Task Misbehaving_clients_do_not_affect_another_session()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using var good = await host.OpenAsync();

        foreach (var file in WireExamples.Invalid.Where(static f => !f.StartsWith("invalid.server", StringComparison.Ordinal)))
        {
            await using var bad = await host.ConnectAsync();
            await bad.SendJsonAsync(WireExamples.Text(file));
            await using var worse = await host.OpenAsync();
            await worse.SendJsonAsync(WireExamples.Text(file));
            worse.Socket.Abort();
            await good.EchoAsync(file);
        }
    }

    private static RealtimeInput Input(object heard) => Assert.IsType<LiveSessionRequest>(heard).RealtimeInput!;

    private static async Task<HeardAudio> NextAudioAsync(EchoSession session) =>
        (HeardAudio)await session.Heard.FirstAsync(static heard => heard is HeardAudio, "the model hears audio");

    private static Task SendAudioAsync(LiveSocket client, byte[] pcm) =>
        client.SendJsonAsync(new { RealtimeInput = new { Audio = new { MimeType = "audio/pcm;rate=16000", Data = pcm } } });

    private static async Task SendInPartsAsync(WebSocket socket, byte[] message, int[] cuts, bool binary)
    {
        var type = binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        var at = 0;
        foreach (var cut in cuts.Where(cut => cut < message.Length).Order())
        {
            await socket.SendAsync(message.AsMemory(at, cut - at), type, endOfMessage: false, TestContext.Current.CancellationToken);
            at = cut;
        }
        await socket.SendAsync(message.AsMemory(at), type, endOfMessage: true, TestContext.Current.CancellationToken);
    }
}
