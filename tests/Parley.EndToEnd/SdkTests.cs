using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The official JavaScript SDK, unchanged except for its base URL.</summary>
public sealed class SdkTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    [Fact]
    public async Task Text_turns_are_answered_for_content_and_realtime_input()
    {
        var facts = await RunAsync("sdk-text.mjs");

        Assert.Equal("That makes 42.", facts["content answer"]);
        Assert.Equal("audio generationComplete turnComplete", facts["order"]);
        Assert.Equal("The first thing you said was: What is seven times six?", facts["realtime answer"]);
    }

    [Fact]
    public async Task Speech_is_answered_while_the_microphone_stays_open()
    {
        var facts = await RunAsync("sdk-audio.mjs");

        Assert.Matches(@"^\[[12]\.\d seconds of speech\]$", facts["heard"]);
        Assert.StartsWith("I heard you speak for about ", facts["said"], StringComparison.Ordinal);
        Assert.Equal("audio/pcm;rate=24000", facts["audio type"]);
    }

    [Fact]
    public async Task Function_is_called_and_its_result_spoken_by_every_model_family()
    {
        var facts = await RunAsync("sdk-tool.mjs");

        foreach (var model in (string[])["gemini-2.5-flash-native-audio-preview-12-2025", "gemini-3.1-flash-live-preview", "gemini-3.8-live"])
            Assert.Equal("Alarm is set.", facts[model]);
    }

    [Fact]
    public async Task Speech_interrupts_a_long_answer_and_is_answered()
    {
        var facts = await RunAsync("sdk-interruption.mjs");

        Assert.Equal("audio interrupted turnComplete", facts["order"]);
        Assert.StartsWith("I heard you speak for about ", facts["next answer"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_is_resumed_with_a_handle_on_another_socket()
    {
        var facts = await RunAsync("sdk-resumption.mjs");

        Assert.Contains("the box is green", facts["first answer"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("repeat after me: the box is green", facts["resumed answer"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("(code 1007): Invalid session handle", facts["unknown handle"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_is_created_used_and_its_limits_are_enforced()
    {
        var facts = await RunAsync("sdk-token.mjs");

        Assert.Equal("set_alarm", facts["locked call"]);
        Assert.Contains(
            "(code 1008): The auth token can open no new session any more: its uses are used up.", facts["second use"],
            StringComparison.Ordinal);
        Assert.Equal("open_door", facts["free call"]);
        Assert.Equal("That makes 42.", facts["additional answer"]);
        Assert.Contains("(code 1008): models/not-a-live-model is not found", facts["unknown model"], StringComparison.Ordinal);
        Assert.Equal("1008", facts["end of the token"]);
        Assert.Contains("(code 1008): The auth token has expired.", facts["expired"], StringComparison.Ordinal);
        Assert.Contains("(code 1007): API key not valid.", facts["altered"], StringComparison.Ordinal);
        Assert.Contains("expire_time must be less than 20 hours ahead", facts["too long"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activity_can_be_marked_manually()
    {
        var facts = await RunAsync("sdk-manual-activity.mjs");

        Assert.Matches(@"^\[\d\.\d seconds of speech\]$", facts["heard"]);
        Assert.StartsWith("I heard you speak for about ", facts["said"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vertex_mode_answers_text_speech_and_function_calls()
    {
        var facts = await RunAsync("sdk-vertex.mjs");

        foreach (var version in (string[])["undefined", "v1"])
        {
            Assert.Equal("That makes 42.", facts[$"text {version}"]);
            Assert.Equal("true", facts[$"session id {version}"]);
            Assert.Equal("true", facts[$"usage {version}"]);
        }
        Assert.StartsWith("I heard you speak for about ", facts["said"], StringComparison.Ordinal);
        Assert.Equal("Alarm is set.", facts["function, id in the response: true"]);
        Assert.Equal("Alarm is set.", facts["function, id in the response: false"]);
    }

    [Fact]
    public async Task Wrong_key_is_refused_with_the_text_of_the_service()
    {
        var facts = await RunAsync("sdk-wrong-key.mjs");

        Assert.EndsWith("(code 1007): API key not valid. Please pass a valid API key.", facts["refused"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_field_is_refused_by_name_and_path()
    {
        var facts = await RunAsync("sdk-unknown-field.mjs");

        Assert.Contains(
            "(code 1007): Invalid JSON payload received. Unknown name \"readOnly\" at 'setup.tools[0].function_declarations[0].parameters'",
            facts["in the setup"],
            StringComparison.Ordinal);
        Assert.Equal(
            "1007 Invalid JSON payload received. Unknown name \"volume\" at 'tool_response.function_responses[0]': Cannot find field.",
            facts["in the session"]);
    }

    private Task<ScriptFacts> RunAsync(string script) => Peer.RunJavaScriptAsync(server, script, TestContext.Current.CancellationToken);
}
