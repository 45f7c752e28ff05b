using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The tool as scripts use it: its output and exit codes.</summary>
public sealed class ToolTests(ParleyProcess server) : IClassFixture<ParleyProcess>, IDisposable
{
    private readonly Tool _tool = new(server.Address);

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Ask_prints_the_answer_and_writes_its_audio()
    {
        var wav = _tool.PathOf("out.wav");

        var run = await _tool.RunAsync("ask", "What is seven times six?", "--audio", wav.FullName, "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("42", string.Concat(Texts(run, "text")), StringComparison.Ordinal);
        Assert.Equal(24_000, WavFile.Load(wav.FullName).SampleRateHz);
        Assert.InRange(WavFile.Load(wav.FullName).Duration.TotalSeconds, 0.3, 20);
        Assert.Contains(run.Json, line => line.GetProperty("type").GetString() == "latency");
    }

    [Fact]
    public async Task Ask_prints_text_by_default()
    {
        var run = await _tool.RunAsync("ask", "What is seven times six?");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains(
            run.Output, line => line.StartsWith("model", StringComparison.Ordinal) && line.Contains("42", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_sends_a_recording_and_answers_a_call()
    {
        var spoken = await _tool.RunAsync("send", "--audio", Repository.Find("samples", "audio", "question.wav"), "--json");
        var called = await _tool.RunAsync(
            "send", "--text", "Call the function get_weather with {\"city\":\"Oslo\"}", "--tool", "get_weather={\"celsius\":4}", "--json");

        Assert.True(spoken.ExitCode == 0, spoken.ToString());
        Assert.Matches(@"^\[[12]\.\d seconds of speech\]$", Assert.Single(Texts(spoken, "inputTranscription")));
        Assert.True(called.ExitCode == 0, called.ToString());
        Assert.Equal(
            "Oslo",
            called.Json.Single(line => line.GetProperty("type").GetString() == "toolCall").GetProperty("args").GetProperty("city").GetString());
        Assert.Contains("4", string.Concat(Texts(called, "text")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_prints_one_model_per_line()
    {
        var run = await _tool.RunAsync("models", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains(run.Json, line => line.GetProperty("name").GetString() == "models/gemini-3.8-live");
    }

    [Fact]
    public async Task Demo_writes_the_answer_without_a_server()
    {
        var wav = _tool.PathOf("answer.wav");

        var run = await _tool.RunAsync("demo", "--out", wav.FullName, "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.InRange(WavFile.Load(wav.FullName).Duration.TotalSeconds, 1, 30);
    }

    [Theory]
    [InlineData(3, "ask", "hi", "--key", "wrong")]
    [InlineData(3, "ask", "hi", "--model", "no-such-model")]
    [InlineData(3, "ask", "hi", "--voice", "Nobody")]
    [InlineData(1, "ask", "hi", "--url", "http://127.0.0.1:1")]
    [InlineData(1, "send", "--audio", "no-such-file.wav")]
    [InlineData(2, "ask")]
    [InlineData(2, "ask", "")]
    [InlineData(2, "keys", "create", "")]
    [InlineData(2, "send")]
    [InlineData(2, "ask", "hi", "--url", "nonsense")]
    [InlineData(2, "serve", "--port", "70000")]
    [InlineData(2, "no-such-command")]
    public async Task Exit_code_distinguishes_refusal_failure_and_usage_error(int exitCode, params string[] arguments)
    {
        var run = await _tool.RunAsync(arguments);

        Assert.True(run.ExitCode == exitCode, run.ToString());
        Assert.DoesNotContain(run.Lines, line => line.Text.Contains("   at ", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Texts(ToolRun run, string type) =>
        run.Json.Where(line => line.GetProperty("type").GetString() == type).Select(line => line.GetProperty("text").GetString()!);
}
