using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant.Providers;
using Parley.Assistant.Tests.Images;

namespace Parley.Assistant.Tests.Providers;

/// <summary>Ollama through its own API.</summary>
public sealed class OllamaProviderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public async Task An_answer_streams_and_the_model_stays_loaded_without_thinking(string path)
    {
        await using var ollama = await FakeOllama.StartAsync();
        ollama.Messages = ["""{"role":"assistant","content":"Good "}""", """{"role":"assistant","content":"evening"}"""];
        using var client = Create(ollama, options =>
        {
            options.Endpoint = new Uri(ollama.Address + path.TrimStart('/'));
            options.Ollama.ContextLength = 8192;
            options.MaxOutputTokens = 100;
        });

        var updates = await client.GetStreamingResponseAsync(
            [Ask.User("hi")], new ChatOptions { Instructions = "Be brief.", Temperature = 0.5f, Seed = 7 }, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(["Good ", "evening"], updates.Select(static update => update.Text).Where(static text => text.Length > 0));
        var body = Assert.Single(ollama.Requests).Body;
        Assert.Equal("tiny", body.GetProperty("model").GetString());
        Assert.Equal("3600s", body.GetProperty("keep_alive").GetString());
        Assert.False(body.GetProperty("think").GetBoolean());
        var settings = body.GetProperty("options");
        Assert.Equal((8192, 100, 7, 0.5), (
            settings.GetProperty("num_ctx").GetInt32(), settings.GetProperty("num_predict").GetInt32(), settings.GetProperty("seed").GetInt32(),
            settings.GetProperty("temperature").GetDouble()));
        Assert.Equal(["system Be brief.", "user hi"], Texts(body));
    }

    [Fact]
    public async Task Functions_are_declared_with_their_types_and_called()
    {
        await using var ollama = await FakeOllama.StartAsync();
        ollama.Messages = ["""{"role":"assistant","content":"","tool_calls":[{"function":{"name":"ring","arguments":{"times":2,"loud":true}}}]}"""];
        using var client = Create(ollama);

        var updates = await client.GetStreamingResponseAsync(
            [Ask.User("Ring twice"), Ask.Called("c0", "ring"), Ask.ResultJson("c0", """{"rung":1}""")],
            new ChatOptions { Tools = [Ask.Function("ring", """{"times":{"type":"integer"},"loud":{"type":"boolean"}}""", "times")] },
            Cancellation).ToListAsync(Cancellation);

        var call = Assert.Single(updates.SelectMany(static update => update.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("ring", "2"), (call.Name, call.Arguments?["times"]?.ToString()));
        var body = Assert.Single(ollama.Requests).Body;
        var function = body.GetProperty("tools")[0].GetProperty("function");
        Assert.Equal("ring", function.GetProperty("name").GetString());
        Assert.Equal("integer", function.GetProperty("parameters").GetProperty("properties").GetProperty("times").GetProperty("type").GetString());
        Assert.Equal("tool {\"rung\":1}", Texts(body)[^1]);
        Assert.Equal("ring", body.GetProperty("messages")[1].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Images_are_sent_to_a_vision_model()
    {
        await using var ollama = await FakeOllama.StartAsync();
        using var client = Create(ollama, static options => options.Vision = true);
        var picture = TestImages.Jpeg(2, 2, 250);

        await client.GetResponseAsync(
            [new ChatMessage(ChatRole.User, [new DataContent(picture, "image/jpeg"), new TextContent("what is this")])], cancellationToken: Cancellation);

        Assert.Equal(Convert.ToBase64String(picture), Assert.Single(ollama.Requests).Body.GetProperty("messages")[0].GetProperty("images")[0].GetString());
    }

    [Fact]
    public async Task A_thought_is_not_spoken()
    {
        await using var ollama = await FakeOllama.StartAsync();
        ollama.Messages = ["""{"role":"assistant","content":"","thinking":"hm "}""", """{"role":"assistant","content":"Yes."}"""];
        using var client = Create(ollama, static options => options.Ollama.Think = true);

        var updates = await client.GetStreamingResponseAsync([Ask.User("hi")], cancellationToken: Cancellation).ToListAsync(Cancellation);

        Assert.Equal("Yes.", string.Concat(updates.Select(static update => update.Text)));
        Assert.True(Assert.Single(ollama.Requests).Body.GetProperty("think").GetBoolean());
    }

    [Fact]
    public async Task A_missing_model_is_an_error_with_the_text_of_ollama_and_the_command_that_installs_it()
    {
        await using var ollama = await FakeOllama.StartAsync();
        (ollama.Status, ollama.Error) = (404, """{"error":"model 'tiny' not found"}""");
        using var client = Create(ollama);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await client.GetStreamingResponseAsync([Ask.User("hi")], cancellationToken: Cancellation).ToListAsync(Cancellation));

        Assert.Contains("model 'tiny' not found", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Install it: ollama pull tiny", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_not_a_complete_answer()
    {
        await using var ollama = await FakeOllama.StartAsync();
        ollama.Cuts = true;
        using var client = Create(ollama);

        await Assert.ThrowsAnyAsync<Exception>(
            async () => await client.GetStreamingResponseAsync([Ask.User("hi")], cancellationToken: Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        Uri address;
        await using (var ollama = await FakeOllama.StartAsync())
            address = ollama.Address;
        using var client = ChatModelFactory.Create(new ChatModelOptions { Provider = "ollama", Endpoint = address, Model = "tiny" });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => client.GetResponseAsync([Ask.User("hi")], cancellationToken: Cancellation));

        Assert.Equal($"Ollama does not answer at {address}. Start it, or set ChatModel:Endpoint.", failure.Message);
    }

    [Fact]
    public async Task A_redirect_is_an_error_and_the_key_stays()
    {
        await using var ollama = await FakeOllama.StartAsync();
        ollama.Status = 307;
        using var client = Create(ollama, static options => options.ApiKey = "secret");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => client.GetResponseAsync([Ask.User("hi")], cancellationToken: Cancellation));

        Assert.Contains("Redirects are not followed", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal("Bearer secret", Assert.Single(ollama.Requests).Authorization);
    }

    [Theory]
    [InlineData(200, EventIds.OllamaLoaded)]
    [InlineData(500, EventIds.OllamaNotLoaded)]
    public async Task The_model_is_loaded_in_advance_with_the_same_settings(int status, int expected)
    {
        await using var ollama = await FakeOllama.StartAsync();
        (ollama.Status, ollama.Error) = (status, """{"error":"out of memory"}""");
        var log = new LogRecorder();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        var provider = new OllamaProvider();
        var options = new ChatModelOptions { Provider = "ollama", Endpoint = ollama.Address, Model = "tiny", Ollama = { ContextLength = 2048, KeepAlive = TimeSpan.FromSeconds(-1) } };
        using var client = provider.Create(options, TimeProvider.System, loggers.CreateLogger("test"));

        await client.GetService<OllamaChatClient>()!.LoadAsync(Cancellation);

        var body = Assert.Single(ollama.Requests).Body;
        Assert.Empty(body.GetProperty("messages").EnumerateArray());
        Assert.Equal("-1", body.GetProperty("keep_alive").GetString());
        Assert.Equal(2048, body.GetProperty("options").GetProperty("num_ctx").GetInt32());
        Assert.Contains(log.Entries, entry => entry.EventId.Id == expected);
    }

    [Fact]
    public void A_context_length_out_of_range_is_an_error() => Assert.Equal(
        "ChatModel:Ollama:ContextLength is 10. It must be at least 256.",
        Assert.Single(new OllamaProvider().Failures(new ChatModelOptions { Model = "m", Ollama = { ContextLength = 10 } })));

    private static IChatClient Create(FakeOllama ollama, Action<ChatModelOptions>? configure = null)
    {
        var options = new ChatModelOptions { Provider = "ollama", Endpoint = ollama.Address, Model = "tiny" };
        configure?.Invoke(options);
        return ChatModelFactory.Create(options, logger: NullLogger.Instance);
    }

    private static string[] Texts(JsonElement body) =>
        [.. body.GetProperty("messages").EnumerateArray().Select(static message => $"{message.GetProperty("role").GetString()} {message.GetProperty("content").GetString()}")];
}
