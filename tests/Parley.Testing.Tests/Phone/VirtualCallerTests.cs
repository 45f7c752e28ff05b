using System.Net;
using System.Net.WebSockets;
using Parley.Audio;

namespace Parley.Testing.Tests.Phone;

public sealed class VirtualCallerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<CallerDialect> Dialects => new(CallerDialect.Twilio, CallerDialect.Telnyx, CallerDialect.Plivo);

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Recording_is_sent_in_real_time_between_silence(CallerDialect dialect)
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(dialect);
        var tone = Tone(8_000, 2_000);

        await server.AdvanceAsync(100);
        var said = caller.SayAsync(tone);
        await server.AdvanceAsync(300);

        Assert.True(await said);
        var heard = new short[server.Media().Length];
        G711.Decode(G711Law.MuLaw, server.Media(), heard);
        Assert.Equal(20 * 160, heard.Length);
        Assert.All(heard[..800], static sample => Assert.Equal(0, sample));
        Assert.All(heard[2_880..], static sample => Assert.Equal(0, sample));
        for (var i = 0; i < 2_000; i++)
            Assert.InRange(heard[800 + i] - tone.Samples.Span[i], -600, 600);
        Assert.Equal(
            [new(Ms(100), CallerEventKind.SpeechStarted), new(Ms(360), CallerEventKind.SpeechEnded, Length: Ms(260))],
            caller.Events);
    }

    [Fact]
    public async Task Recording_of_another_rate_keeps_its_duration()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync();

        var first = caller.SayAsync(Tone(24_000, 24_000));
        var second = caller.SayAsync(Tone(16_000, 8_000));
        await server.LeapAsync(2_000);

        Assert.True(await first && await second);
        Assert.Equal([Ms(1_000), Ms(500)], caller.Events.Where(static e => e.Kind == CallerEventKind.SpeechEnded).Select(static e => e.Length));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Audio_of_the_server_is_heard_at_its_time(CallerDialect dialect)
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(dialect);
        var tone = Tone(8_000, 1_600);

        await server.AdvanceAsync(110);
        await server.SendAsync(Audio(caller, dialect, tone));
        Assert.Equal(Ms(200), caller.Buffered);
        await server.LeapAsync(890);

        Assert.Empty(caller.Problems);
        Assert.Equal(
            [new(Ms(120), CallerEventKind.SoundStarted), new(Ms(320), CallerEventKind.SoundEnded, Length: Ms(200))],
            caller.Events);
        var heard = caller.Heard;
        Assert.Equal(8_000, heard.SampleRateHz);
        Assert.All(heard.Samples[..960].ToArray(), static sample => Assert.Equal(0, sample));
        for (var i = 0; i < tone.Samples.Length; i++)
            Assert.InRange(heard.Samples.Span[960 + i] - tone.Samples.Span[i], -600, 600);
        Assert.Equal((Ms(120), Ms(320)), (caller.SoundAfter(TimeSpan.Zero), caller.SilenceAfter(Ms(150))));
        Assert.Equal(new CallerTraffic(10, 0, 0), caller.Played);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Mark_returns_when_the_audio_before_it_was_played(CallerDialect dialect)
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(dialect);

        await server.AdvanceAsync(20);
        await server.SendAsync(Mark(caller, dialect, "empty"));
        await server.SendAsync(Audio(caller, dialect, Tone(8_000, 400)));
        await server.SendAsync(Mark(caller, dialect, "end"));
        await server.AdvanceAsync(500);

        Assert.Equal(
            [("empty", Ms(20)), ("end", Ms(100))],
            caller.Events.Where(static e => e.Kind == CallerEventKind.MarkPlayed).Select(static e => (e.Text, e.At)));
        var name = dialect == CallerDialect.Plivo ? "playedStream" : "mark";
        Assert.Equal(["empty", "end"], server.Of(name).Select(static message => (string?)(message["mark"]?["name"] ?? message["name"])));
    }

    [Theory]
    [InlineData(CallerDialect.Twilio, "mark")]
    [InlineData(CallerDialect.Telnyx, "mark")]
    [InlineData(CallerDialect.Plivo, "clearedAudio")]
    public async Task Clear_silences_the_caller_within_a_frame(CallerDialect dialect, string answer)
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(dialect);

        await server.SendAsync(Audio(caller, dialect, Tone(8_000, 8_000)));
        await server.SendAsync(Mark(caller, dialect, "end"));
        await server.AdvanceAsync(330);
        await server.SendAsync(Clear(caller, dialect));
        await server.LeapAsync(670);

        var cleared = Assert.Single(caller.Events, static e => e.Kind == CallerEventKind.Cleared);
        Assert.Equal((Ms(330), Ms(680)), (cleared.At, cleared.Length));
        Assert.Equal(Ms(340), caller.SilenceAfter(cleared.At));
        Assert.Equal(Ms(340), Assert.Single(caller.Events, static e => e.Kind == CallerEventKind.SoundEnded).At);
        Assert.Single(caller.Events, static e => e is { Kind: CallerEventKind.MarkCleared, Text: "end" });
        // Plivo confirms the clear, and keeps the checkpoint.
        Assert.Single(server.Of(answer));
        Assert.Empty(server.Of("playedStream"));
    }

    [Fact]
    public async Task Audio_that_comes_too_late_leaves_a_gap()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync();

        await server.SendAsync(Audio(caller, CallerDialect.Twilio, Tone(8_000, 240)));
        await server.AdvanceAsync(90);
        await server.SendAsync(Audio(caller, CallerDialect.Twilio, Tone(8_000, 160)));
        await server.AdvanceAsync(310);
        // After a pause, and after a clear, there is no gap.
        await server.SendAsync(Audio(caller, CallerDialect.Twilio, Tone(8_000, 160)));
        await server.AdvanceAsync(20);
        await server.SendAsync(Clear(caller, CallerDialect.Twilio));
        await server.AdvanceAsync(60);
        await server.SendAsync(Audio(caller, CallerDialect.Twilio, Tone(8_000, 160)));
        await server.AdvanceAsync(100);

        Assert.Equal([(Ms(50), Ms(50))], caller.Gaps);
    }

    [Fact]
    public async Task Keys_are_pressed_one_after_another()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync();

        var pressed = caller.PressAsync("12#");
        await server.AdvanceAsync(1_000);

        Assert.True(await pressed);
        Assert.Equal(["1", "2", "#"], server.Of("dtmf").Select(static message => (string?)message["dtmf"]!["digit"]));
        Assert.Equal([Ms(20), Ms(220), Ms(420)], caller.Events.Select(static e => e.At));
        Assert.Throws<ArgumentException>(() => { _ = caller.PressAsync("x"); });
    }

    [Fact]
    public async Task Hanging_up_ends_speech_and_closes_normally()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync();

        var said = caller.SayAsync(Tone(8_000, 16_000));
        await server.SendAsync(Audio(caller, CallerDialect.Twilio, Tone(8_000, 1_600)));
        await server.AdvanceAsync(100);
        var end = await caller.HangUpAsync(Cancellation);

        Assert.Equal(new CallerEnd(Ms(100), ByCaller: true, 1000, "bye"), end);
        Assert.False(await said);
        Assert.False(await caller.SayAsync(Tone(8_000, 160)));
        Assert.False(await caller.PressAsync("1"));
        Assert.Single(server.Of("stop"));
        Assert.Equal(new CallerEvent(Ms(100), CallerEventKind.Ended, "", Ms(100)), caller.Events[^1]);
        Assert.Equal(end, await caller.HangUpAsync(Cancellation));
    }

    [Fact]
    public async Task Server_hangs_up()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync();

        await server.AdvanceAsync(50);
        await server.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "goodbye");
        var end = await Expect.WithinAsync(caller.Completion, "the call ends", Cancellation);

        Assert.Equal(new CallerEnd(Ms(50), ByCaller: false, 1001, "goodbye"), end);
        Assert.Empty(server.Of("stop"));
    }

    [Fact]
    public async Task Cut_call_has_no_close()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync();

        caller.Cut();

        Assert.Equal(new CallerEnd(TimeSpan.Zero, ByCaller: true, null, "cut"), await Expect.WithinAsync(caller.Completion, "the call ends", Cancellation));
    }

    [Fact]
    public async Task Refusal_has_its_status()
    {
        await using var server = await StreamServer.StartAsync(refusal: 403);

        var refused = await Assert.ThrowsAsync<CallRefusedException>(() => server.CallAsync());

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Address_and_options_are_checked()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => VirtualCaller.CallAsync(new Uri("ftp://localhost/"), cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Call(static options => options.Encoding = CallerEncoding.ALaw));
        await Assert.ThrowsAsync<ArgumentException>(() => Call(static options => options.SampleRateHz = 16_000));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Call(static options => options.LossPercent = 101));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Call(static options => options.LatePercent = double.NaN));

        static Task Call(Action<VirtualCallerOptions> configure) => VirtualCaller.CallAsync(new Uri("ws://localhost/"), configure, Cancellation);
    }

    [Theory]
    [InlineData(CallerDialect.Twilio, """{"event":"media","media":{"payload":"/w=="}}""", "media has no streamSid.")]
    [InlineData(CallerDialect.Twilio, """{"event":"media","streamSid":"MZ1","media":{"payload":"/w=="}}""",
        "media has the streamSid of another stream.")]
    [InlineData(CallerDialect.Twilio, """{"event":"media","streamSid":"$","media":{}}""", "media has no media.payload.")]
    [InlineData(CallerDialect.Twilio, """{"event":"media","streamSid":"$","media":{"payload":"??"}}""", "media.payload is not base64.")]
    [InlineData(CallerDialect.Twilio, """{"event":"media","streamSid":"$","media":{"payload":"UklGRg=="}}""",
        "media.payload is a WAV file; carriers take audio without a header.")]
    [InlineData(CallerDialect.Twilio, """{"event":"mark","streamSid":"$"}""", "mark has no mark.name.")]
    [InlineData(CallerDialect.Twilio, """{"event":"playAudio","streamSid":"$"}""", "Twilio does not know the event playAudio.")]
    [InlineData(CallerDialect.Twilio, "[]", "A message has no event.")]
    [InlineData(CallerDialect.Twilio, "{", "A message is not JSON.")]
    [InlineData(CallerDialect.Telnyx, """{"event":"clear","stream_id":"other"}""", "clear has the stream_id of another stream.")]
    [InlineData(CallerDialect.Plivo, """{"event":"playAudio"}""", "playAudio has no media.")]
    [InlineData(CallerDialect.Plivo, """{"event":"playAudio","media":{"contentType":"audio/x-l16","sampleRate":8000,"payload":""}}""",
        "media.contentType of playAudio is not audio/x-mulaw.")]
    [InlineData(CallerDialect.Plivo, """{"event":"playAudio","media":{"contentType":"audio/x-mulaw","sampleRate":"8000","payload":""}}""",
        "media.sampleRate of playAudio is not 8000.")]
    [InlineData(CallerDialect.Plivo, """{"event":"clearAudio"}""", "clearAudio has no streamId.")]
    [InlineData(CallerDialect.Plivo, """{"event":"checkpoint","streamId":"$"}""", "checkpoint has no name.")]
    public async Task Message_that_the_carrier_would_not_understand_is_a_problem(CallerDialect dialect, string message, string problem)
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(dialect);

        await server.SendAsync(message.Replace("$", caller.StreamId, StringComparison.Ordinal));
        await server.AdvanceAsync(40);

        Assert.Equal([problem], caller.Problems);
        Assert.Equal(dialect == CallerDialect.Telnyx ? 1 : 0, server.Of("error").Count);
        Assert.False(caller.Completion.IsCompleted);
    }

    internal static string Audio(VirtualCaller caller, CallerDialect dialect, WavFile tone)
    {
        var codes = new byte[tone.Samples.Length];
        G711.Encode(G711Law.MuLaw, tone.Samples.Span, codes);
        var payload = Convert.ToBase64String(codes);
        return dialect switch
        {
            CallerDialect.Twilio => $$$"""{"event":"media","streamSid":"{{{caller.StreamId}}}","media":{"payload":"{{{payload}}}"}}""",
            CallerDialect.Telnyx => $$$"""{"event":"media","media":{"payload":"{{{payload}}}"}}""",
            _ => $$$"""{"event":"playAudio","media":{"contentType":"audio/x-mulaw","sampleRate":8000,"payload":"{{{payload}}}"}}""",
        };
    }

    internal static WavFile Tone(int rateHz, int samples) =>
        new(rateHz, Enumerable.Range(0, samples).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * 400 * i / rateHz))).ToArray());

    private static string Mark(VirtualCaller caller, CallerDialect dialect, string name) => dialect switch
    {
        CallerDialect.Twilio => $$$"""{"event":"mark","streamSid":"{{{caller.StreamId}}}","mark":{"name":"{{{name}}}"}}""",
        CallerDialect.Telnyx => $$$"""{"event":"mark","mark":{"name":"{{{name}}}"}}""",
        _ => $$$"""{"event":"checkpoint","streamId":"{{{caller.StreamId}}}","name":"{{{name}}}"}""",
    };

    private static string Clear(VirtualCaller caller, CallerDialect dialect) => dialect switch
    {
        CallerDialect.Twilio => $$$"""{"event":"clear","streamSid":"{{{caller.StreamId}}}"}""",
        CallerDialect.Telnyx => """{"event":"clear"}""",
        _ => $$$"""{"event":"clearAudio","streamId":"{{{caller.StreamId}}}"}""",
    };

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
