using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Parley.Assistant.Tests;

public sealed class OpenAIProviderTests
{
    private static readonly string[] Chunks =
    [
        """{"role":"assistant","content":"Good "}""",
        """{"content":"evening"}""",
        """{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"ring","arguments":"{\"times\":"}}]}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":"2}"}}]}""",
    ];

    [Theory]
    [InlineData("", null, "Bearer none")]
    [InlineData("/", null, "Bearer none")]
    [InlineData("/v1", "s3cret", "Bearer s3cret")]
    [InlineData("/v1/", "s3cret", "Bearer s3cret")]
    public async Task Answers_stream_from_any_compatible_endpoint(string path, string? key, string expectedAuthorization)
    {
        var seen = new TaskCompletionSource<(string Authorization, JsonElement Body)>();
        await using var stub = await StartAsync(seen);
        using var client = ChatModelFactory.Create(new ChatModelOptions
        {
            Provider = "openai", Endpoint = new Uri(stub.Urls.First() + path), Model = "tiny", ApiKey = key,
        });
        var updates = await client.GetStreamingResponseAsync(
            [Ask.User("Ring twice")],
            new ChatOptions { Instructions = "Be brief.", Tools = [Ask.Function("ring", """{"times":{"type":"integer"}}""", "times")] },
            TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var (authorization, body) = await seen.Task;
        Assert.Equal(expectedAuthorization, authorization);
        Assert.Equal("tiny", body.GetProperty("model").GetString());
        Assert.Equal("ring", body.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("Good evening", string.Concat(updates.Select(update => update.Text)));
        var call = Assert.Single(updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("c1", "ring", "2"), (call.CallId, call.Name, call.Arguments?["times"]?.ToString()));
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Reasoning_fields_are_not_spoken(string field)
    {
        var reasoning = "{\"" + field + "\":\"hm \"}";
        await using var stub = await StartAsync(new(), [reasoning, """{"content":"Good "}""", """{"content":"evening"}"""]);
        using var client = Create(stub);

        var updates = await client.GetStreamingResponseAsync([Ask.User("hi")], cancellationToken: TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Good evening", string.Concat(updates.Select(update => update.Text)));
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"no such key","type":"auth"}}""", "no such key")]
    [InlineData(404, """{"error":"model 'tiny' not found"}""", "404")]
    [InlineData(400, "<html>bad gateway</html>", "400")]
    public async Task An_error_of_the_endpoint_throws_with_its_message(int status, string body, string expected)
    {
        await using var stub = await StartAsync(new(), [], status, body);
        using var client = Create(stub);

        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => client.GetResponseAsync([Ask.User("hi")], cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_an_error_and_the_key_stays(int status)
    {
        var caught = new TaskCompletionSource<(string, JsonElement)>();
        await using var other = await StartAsync(caught);
        await using var stub = await StartAsync(new(), [], status, "", other.Urls.First() + "/v1/chat/completions");
        using var client = ChatModelFactory.Create(
            new ChatModelOptions { Provider = "openai", Endpoint = new Uri(stub.Urls.First()), Model = "tiny", ApiKey = "secret" });

        var whole = await Assert.ThrowsAnyAsync<Exception>(
            () => client.GetResponseAsync([Ask.User("hi")], cancellationToken: TestContext.Current.CancellationToken));
        var streamed = await Assert.ThrowsAnyAsync<Exception>(
            async () => await client.GetStreamingResponseAsync([Ask.User("hi")], cancellationToken: TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken));

        Assert.All([whole, streamed], static failure => Assert.Contains("Redirects are not followed", failure.ToString(), StringComparison.Ordinal));
        Assert.False(caught.Task.IsCompleted);
    }

    [Fact]
    public async Task Images_are_sent_as_data_urls_to_a_vision_model()
    {
        var seen = new TaskCompletionSource<(string Authorization, JsonElement Body)>();
        await using var stub = await StartAsync(seen);
        using var client = Create(stub, vision: true);
        var picture = Images.TestImages.Jpeg(2, 2, 250);

        await client.GetStreamingResponseAsync(
            [new ChatMessage(ChatRole.User, [new DataContent(picture, "image/jpeg"), new TextContent("what is this")])],
            cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var parts = (await seen.Task).Body.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal(
            $"data:image/jpeg;base64,{Convert.ToBase64String(picture)}", parts[0].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Equal("what is this", parts[1].GetProperty("text").GetString());
    }

    private static IChatClient Create(WebApplication stub, bool vision = false) =>
        ChatModelFactory.Create(
            new ChatModelOptions { Provider = "openai", Endpoint = new Uri(stub.Urls.First()), Model = "tiny", Vision = vision });

    private static async Task<WebApplication> StartAsync(
        TaskCompletionSource<(string, JsonElement)> seen, string[]? chunks = null, int status = 200, string error = "",
        string? location = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/chat/completions", async (HttpContext context) =>
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            seen.TrySetResult((context.Request.Headers.Authorization.ToString(), body));
            if (status != 200)
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = location;
                await context.Response.WriteAsync(error);
                return;
            }
            context.Response.ContentType = "text/event-stream";
            foreach (var delta in chunks ?? Chunks)
                await context.Response.WriteAsync(Event(delta, "null"));
            await context.Response.WriteAsync(Event("{}", "\"tool_calls\"") + "data: [DONE]\n\n");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static string Event(string delta, string finishReason) =>
        $$"""data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finishReason}}}]}""" + "\n\n";
}
