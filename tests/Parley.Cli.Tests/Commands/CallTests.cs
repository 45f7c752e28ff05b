using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Parley.Cli.Tests.Commands;

/// <summary><c>parley call</c> against a media-stream server that answers after a second of audio.</summary>
public sealed class CallTests : IAsyncDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private readonly TestClock _clock = new();
    private readonly List<JsonElement> _received = [];
    private readonly CliRun _cli;
    private InMemoryHost? _host;
    private string _answer = """{"event":"media","streamSid":"$","media":{"payload":"@"}}""";
    private int[] _answersAt = [49];
    private string? _signature;

    public CallTests() => _cli = new CliRun { TimeProvider = _clock };

    [Fact]
    public async Task Call_reports_what_was_heard_and_saves_it()
    {
        var (question, heard) = (_cli.WriteWav("question.wav", TimeSpan.FromSeconds(0.5)), _cli.PathOf("heard.wav"));

        var result = await CallAsync(
            "--audio", question, "--save", heard, "--from", "+4930123456", "--to", "+15550100", "--parameter", "tenant=7", "--digits", "1#", "--secret", "s");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("   0.50 s  spoke for 0.50 s", result.OutputLines);
        Assert.Contains("   2.00 s  heard sound for 1.00 s", result.OutputLines);
        Assert.Contains("call of 3.98 s, heard 1.00 s; first sound 280 ms after the last key", result.OutputLines);
        var saved = WavFile.Load(heard);
        Assert.Equal((8_000, 1.0), (saved.SampleRateHz, Math.Round(saved.Samples.ToArray().Count(static sample => sample != 0) / 8_000.0, 1)));
        var parameters = _received[1].GetProperty("start").GetProperty("customParameters");
        Assert.Equal("""{"tenant":"7","From":"+4930123456","To":"+15550100"}""", parameters.GetRawText());
        var keys = _received.Where(static message => Is(message, "dtmf")).Select(static message => message.GetProperty("dtmf").GetProperty("digit").GetString());
        Assert.Equal(["1", "#"], keys);
        Assert.True(Is(_received[^1], "stop"));
        Assert.Equal(28, _signature?.Length);
    }

    [Fact]
    public async Task Json_has_one_object_for_each_event_and_the_totals()
    {
        var question = _cli.WriteWav("question.wav", TimeSpan.FromSeconds(0.5));

        var result = await CallAsync("--audio", question, "--json", "--loss", "5", "--seed", "3");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(["connected", "speechEnded", "soundEnded", "ended", "call"], result.Json.Select(static line => line.GetProperty("type").GetString()));
        var call = result.Json[^1];
        Assert.Equal(0.5, result.Json[1].GetProperty("at").GetDouble());
        Assert.Equal("caller", call.GetProperty("endedBy").GetString());
        Assert.Equal(50, call.GetProperty("framesPlayed").GetInt32());
        Assert.InRange(call.GetProperty("framesSentLost").GetInt32(), 1, 25);
    }

    [Theory]
    [InlineData(new[] { 49, 249 }, "heard 2.00 s; first sound 3500 ms after the end of speech")]
    [InlineData(new[] { 49 }, "heard 1.00 s; first sound 0 ms after the end of speech")]
    public async Task Greeting_that_the_caller_speaks_over_is_not_the_answer(int[] soundsAt, string summary)
    {
        _answersAt = soundsAt;

        var result = await CallAsync("--audio", _cli.WriteWav("question.wav", TimeSpan.FromSeconds(1.5)));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.EndsWith(summary, result.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_server_gives_exit_code_1()
    {
        _answer = "";

        var result = await CallAsync("--timeout", "3s");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("No sound was heard within 3 s.", Assert.Single(result.ErrorLines));
    }

    [Fact]
    public async Task Message_in_another_dialect_gives_exit_code_1()
    {
        var result = await CallAsync("--dialect", "plivo", "--timeout", "3s");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The carrier would not have understood the server: Plivo does not know the event media.", result.ErrorLines);
    }

    [Theory]
    [InlineData(403, 3, "The server refused the call with HTTP status 403.")]
    [InlineData(500, 1, "The server refused the call with HTTP status 500.")]
    public async Task Refusal_has_the_exit_code_of_its_status(int status, int exitCode, string error)
    {
        var result = await CallAsync(status, []);

        Assert.Equal((exitCode, error), (result.ExitCode, Assert.Single(result.ErrorLines)));
    }

    [Theory]
    [InlineData("call ftp://host/", "URL must begin with ws://, wss://, http:// or https://, not 'ftp://host/'.")]
    [InlineData("call http://host/ --dialect telnyx --secret x", "The private key of Telnyx is 32 bytes in base64.")]
    [InlineData("call http://host/phone/telnyx/incoming --secret x", "The private key of Telnyx is 32 bytes in base64.")]
    [InlineData("call ws://host/ --dialect vonage", "--dialect must be twilio, telnyx or plivo, not 'vonage'.")]
    [InlineData("call ws://host/ --digits 12x", "--digits has keys of a telephone, 0 to 9, *, # and A to D, not '12x'.")]
    [InlineData("call ws://host/ --loss 101", "--loss must be a percentage from 0 to 100, not '101'.")]
    [InlineData("call ws://host/ --parameter x", "--parameter must be NAME=VALUE, such as tenant=7, not 'x'.")]
    [InlineData("call ws://host/ --encoding alaw", "Twilio does not offer ALaw at 8000 Hz.")]
    public async Task Wrong_option_gives_exit_code_2(string line, string error)
    {
        var result = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(error, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _cli.Dispose();
    }

    private Task<CliResult> CallAsync(params string[] options) => CallAsync(null, options);

    private async Task<CliResult> CallAsync(int? refusal, string[] options)
    {
        _host = await InMemoryHost.StartAsync(
            null,
            app =>
            {
                app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
                app.Run(context => ServeAsync(context, refusal));
            },
            _clock);
        _clock.Settle(_host.QuietAsync);
        _cli.Invoker = _host.Invoker;
        var run = _cli.RunAsync(["call", _host.WebSocketUri("/").ToString(), .. options]);
        if (refusal is null)
        {
            // The clock stands until the caller has begun to speak.
            await _cli.Output.WrittenAsync("connected");
            await _host.QuietAsync();
        }
        await _clock.AdvanceUntilAsync(run, Frame);
        return await run;
    }

    private async Task ServeAsync(HttpContext context, int? refusal)
    {
        _signature = context.Request.Headers["X-Twilio-Signature"];
        if (refusal is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var (buffer, frames) = (new byte[1 << 16], 0);
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
        {
            _received.Add(JsonElement.Parse(buffer.AsSpan(0, received.Count)));
            if (Is(_received[^1], "media") && _answersAt.Contains(++frames) && _answer.Length > 0)
            {
                var stream = _received[^1].TryGetProperty("streamSid", out var id) ? id.GetString() : "";
                var tone = Convert.ToBase64String(Enumerable.Repeat((byte)0x10, 8_000).ToArray());
                var message = _answer.Replace("$", stream, StringComparison.Ordinal).Replace("@", tone, StringComparison.Ordinal);
                await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
            }
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static bool Is(JsonElement message, string name) => message.GetProperty("event").ValueEquals(name);
}
