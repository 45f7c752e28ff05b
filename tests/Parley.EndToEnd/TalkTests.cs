using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Voice calls with <c>parley talk</c>: in a terminal with keys, and in a pipe.</summary>
public sealed partial class TalkTests(ParleyProcess server) : IClassFixture<ParleyProcess>, IDisposable
{
    private static readonly string Question = Repository.Find("samples", "audio", "question.wav");

    private readonly Tool _tool = new(server.Address);

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Call_in_a_terminal_is_shown_interrupted_rotated_and_recorded()
    {
        var config = _tool.PathOf("parley.json").FullName;
        await File.WriteAllTextAsync(
            config, """{"Live":{"Sessions":{"ConnectionLifetime":"00:02:00","GoAwayLead":"00:01:35"}}}""", TestContext.Current.CancellationToken);
        await using var busy = new ParleyProcess("--config", config);
        await busy.InitializeAsync();
        var folder = _tool.PathOf("call");
        await using var terminal = await Terminal.StartAsync(
            $"dotnet {Repository.Tool} talk --url {busy.Address} --audio {Question} --stay --out {_tool.PathOf("heard.wav")} --record {folder} --tool 'get_weather={{\"celsius\":4}}'");

        var spoken = await terminal.ExpectAsync(screen => CompletePattern().IsMatch(screen), "the spoken question is answered");
        Assert.Matches(@"(?m)^you +\S", spoken);
        Assert.Matches(@"(?m)^model +\S", spoken);
        Assert.Matches(@"first\s+audio\s+\d+\s+ms\s+·\s+first\s+audible\s+\d+\s+ms", spoken);
        Assert.Matches(@"(?m)^mic .* open +speaker ", spoken);
        Assert.Contains("space interrupt · m mute · t type · q hang up", spoken, StringComparison.Ordinal);

        await SayAsync(terminal, "Please tell me a long story.");
        await terminal.ExpectAsync(
            screen => StoryPattern().IsMatch(screen) && screen.Contains("s to come", StringComparison.Ordinal), "the story is being told");
        await terminal.PressAsync("Space");
        await terminal.ExpectAsync(
            screen => InterruptedStoryPattern().IsMatch(screen) && screen.Contains(" silent", StringComparison.Ordinal),
            "the story is interrupted");

        await SayAsync(terminal, "Call the function get_weather with {\"city\":\"Oslo\"}");
        await terminal.ExpectAsync(screen => AnswerPattern().IsMatch(screen), "the call is shown, and its result is spoken");

        await terminal.PressAsync("m");
        await terminal.ExpectAsync(screen => MutedPattern().IsMatch(screen), "the microphone is muted");
        await terminal.ExpectAsync(
            screen => screen.Contains("the server will close in", StringComparison.Ordinal), "the server says that it will close");
        await terminal.ExpectAsync(screen => ReconnectedPattern().IsMatch(screen), "the session moves to another connection");
        await SayAsync(terminal, "What is seven times six?");
        await terminal.ExpectAsync(screen => screen.Contains("That makes 42.", StringComparison.Ordinal), "the call goes on");
        await terminal.PressAsync("q");
        var end = await terminal.ExpectAsync(screen => screen.Contains("ended with", StringComparison.Ordinal), "the call ends");
        Assert.Contains("ended with 0", end, StringComparison.Ordinal);

        var call = RecordedCall.Load(folder);
        Assert.True(call.FromClient.First().TryGetProperty("setup", out _));
        Assert.Contains(call.FromClient, message => message.TryGetProperty("toolResponse", out _));
        Assert.Contains(call.FromServer, message => message.TryGetProperty("goAway", out _));
        Assert.Contains(
            call.FromServer,
            message => message.TryGetProperty("serverContent", out var content) && content.TryGetProperty("interrupted", out _));
        Assert.True(RecordedCall.FirstAudio(call.User) < RecordedCall.FirstAudio(call.Model));
    }

    [Fact]
    public async Task Call_without_a_terminal_ends_with_its_recording_and_plays_back()
    {
        var folder = _tool.PathOf("call");
        var raw = _tool.PathOf("heard.raw");
        var talk = await _tool.RunAsync("talk", "--audio", Question, "--speaker", $"tee {raw}", "--record", folder.FullName, "--json");

        Assert.True(talk.ExitCode == 0, talk.ToString());
        var said = string.Concat(
            talk.Json.Where(line => line.GetProperty("type").GetString() == "text").Select(line => line.GetProperty("text").GetString()));
        Assert.NotEmpty(said);
        var latency = talk.Json.Single(line => line.GetProperty("type").GetString() == "latency");
        Assert.True(latency.GetProperty("firstAudibleMs").GetDouble() >= latency.GetProperty("firstAudioMs").GetDouble());
        var seconds = latency.GetProperty("audioSeconds").GetDouble();
        Assert.Equal(seconds, raw.Length / 48_000.0, 0.05);

        var call = RecordedCall.Load(folder);
        Assert.True(RecordedCall.FirstAudio(call.User) < RecordedCall.FirstAudio(call.Model));
        // Every sample once and in order; the amount of silence depends on the load of the machine.
        Assert.Equal(NonZeroSamples(WavFile.Load(Question)), NonZeroSamples(call.User));

        var again = _tool.PathOf("again.raw");
        var play = await _tool.RunAsync("play", folder.FullName, "--speaker", $"tee {again}", "--json");
        Assert.True(play.ExitCode == 0, play.ToString());
        Assert.Equal(
            said,
            string.Concat(play.Json.Where(line => line.GetProperty("type").GetString() == "text").Select(line => line.GetProperty("text").GetString())));
        Assert.Equal(call.Model.Duration.TotalSeconds, again.Length / 48_000.0, 0.3);

        var mixed = _tool.PathOf("mixed.wav");
        Assert.Equal(0, (await _tool.RunAsync("play", folder.FullName, "--out", mixed.FullName)).ExitCode);
        Assert.Equal(call.Model.Duration.TotalSeconds, WavFile.Load(mixed.FullName).Duration.TotalSeconds, 0.3);
    }

    [Theory]
    [InlineData("talk", "--audio", "no-such-file.wav")]
    [InlineData("talk", "--microphone", "no-such-program {rate}", "--out", "heard.wav")]
    [InlineData("talk", "--audio", "samples/audio/question.wav", "--speaker", "no-such-program")]
    [InlineData("play", "no-such-folder")]
    public async Task Missing_file_or_program_is_named(params string[] arguments)
    {
        var run = await _tool.RunShellAsync("./parley " + string.Join(' ', arguments.Select(argument => $"'{argument}'")));

        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.Contains(run.Lines, line => line.IsError && line.Text.Contains("no-such-", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Lines, line => line.Text.Contains("   at ", StringComparison.Ordinal));
    }

    private static async Task SayAsync(Terminal terminal, string text)
    {
        await terminal.PressAsync("t");
        await terminal.TypeAsync(text);
        await terminal.ExpectAsync(screen => screen.Contains("say: " + text, StringComparison.Ordinal), "the text is being typed");
        await terminal.PressAsync("Enter");
    }

    private static short[] NonZeroSamples(WavFile side) => [.. side.Samples.ToArray().Where(static sample => sample != 0)];

    [GeneratedRegex(@"you +Please tell me a long story\.\s*\nmodel +\w")]
    private static partial Regex StoryPattern();

    [GeneratedRegex(@"you +Please tell me a long story\.\s*\nmodel [\s\S]*— interrupted")]
    private static partial Regex InterruptedStoryPattern();

    [GeneratedRegex(@"calls get_weather\(\{""city"":""Oslo""\}\)[\s\S]*\nmodel .*\b4\b")]
    private static partial Regex AnswerPattern();

    [GeneratedRegex(@"turn\s+complete\s+\d+\s+ms")]
    private static partial Regex CompletePattern();

    [GeneratedRegex(@"reconnected\s+in\s+\d+\s+ms,\s+nothing\s+was\s+lost")]
    private static partial Regex ReconnectedPattern();

    [GeneratedRegex(@"(?m)^mic .* muted ")]
    private static partial Regex MutedPattern();
}
