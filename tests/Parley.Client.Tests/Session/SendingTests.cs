using System.Text.Json;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Client.Tests.Session;

public class SendingTests
{
    [Fact]
    public async Task Every_verb_writes_its_message()
    {
        var heard = new List<string>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 12; i++)
                heard.Add((await peer.ExpectAsync()).GetRawText());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(configure: options => options.Preflight = PreflightMode.Off);

        await session.SendTextAsync("hi");
        await session.SendContentAsync("hello", turnComplete: false);
        await session.SendContentAsync([]);
        await session.SendAudioAsync(new byte[] { 1, 0 });
        await session.SendVideoAsync(new byte[] { 1, 2, 3 });
        await session.SendActivityStartAsync();
        await session.SendActivityEndAsync();
        await session.SendAudioStreamEndAsync();
        await session.SendToolResponsesAsync([new FunctionResponse { Id = "1", Name = "f", Response = JsonElement.Parse("""{"output":1}""") }]);
        await session.SendContextUpdateAsync("be brief");
        await session.SendContextUpdateAsync(tools: []);
        await session.SendRawAsync(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = "raw" } });
        await session.EndAsync();

        Assert.Equal(
            [
                """{"realtimeInput":{"text":"hi"}}""",
                """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"hello"}]}],"turnComplete":false}}""",
                """{"clientContent":{"turnComplete":true}}""",
                """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AQA="}}}""",
                """{"realtimeInput":{"video":{"mimeType":"image/jpeg","data":"AQID"}}}""",
                """{"realtimeInput":{"activityStart":{}}}""",
                """{"realtimeInput":{"activityEnd":{}}}""",
                """{"realtimeInput":{"audioStreamEnd":true}}""",
                """{"toolResponse":{"functionResponses":[{"id":"1","name":"f","response":{"output":1}}]}}""",
                """{"contextUpdate":{"systemInstruction":{"parts":[{"text":"be brief"}]}}}""",
                """{"contextUpdate":{"tools":{}}}""",
                """{"realtimeInput":{"text":"raw"}}""",
            ],
            heard);
        Assert.All(heard, message => Assert.Empty(WireSchema.Live.Validate("ClientMessage", JsonElement.Parse(message))));
    }

    [Fact]
    public async Task A_second_setup_is_refused_locally()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await session.SendRawAsync(new LiveSessionRequest { Setup = new Setup() }));
    }

    [Fact]
    public async Task Many_threads_send_whole_messages()
    {
        const int Threads = 8, Each = 40;
        var heard = new List<string>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < Threads * Each; i++)
                heard.Add((await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("text").GetString()!);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();

        var sending = Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await session.SendTextAsync($"{thread}:{i}:{new string('x', 500 * thread)}");
        }));
        await Expect.WithinAsync(Task.WhenAll(sending), "everything is sent");
        await session.EndAsync();

        for (var thread = 0; thread < Threads; thread++)
        {
            var own = heard.Where(text => text.StartsWith($"{thread}:", StringComparison.Ordinal)).ToList();
            Assert.Equal(Enumerable.Range(0, Each), own.Select(text => int.Parse(text.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task A_message_that_cannot_be_encoded_fails_for_its_caller_only()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal("""{"realtimeInput":{"text":"fine"}}""", (await peer.ExpectAsync()).GetRawText());
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        await Assert.ThrowsAnyAsync<Exception>(async () => await session.SendToolResponsesAsync([new FunctionResponse { Id = "1", Response = default(JsonElement) }]));
        await session.SendTextAsync("fine");
    }
}
