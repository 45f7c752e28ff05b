using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Server.Brains;

namespace Parley.Server.Tests.Brains;

public sealed class OpenAIBrain
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
    public async Task Streams_from_any_compatible_endpoint(string path, string? key, string expectedAuthorization)
    {
        var seen = new TaskCompletionSource<(string Authorization, JsonElement Body)>();
        await using var stub = await StartAsync(seen);
        using var client = BrainFactory.Create(new BrainOptions
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

    private static async Task<WebApplication> StartAsync(TaskCompletionSource<(string, JsonElement)> seen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/chat/completions", async (HttpContext context) =>
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            seen.TrySetResult((context.Request.Headers.Authorization.ToString(), body));
            context.Response.ContentType = "text/event-stream";
            foreach (var delta in Chunks)
            {
                await context.Response.WriteAsync(Event(delta, "null"));
            }

            await context.Response.WriteAsync(Event("{}", "\"tool_calls\"") + "data: [DONE]\n\n");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static string Event(string delta, string finishReason) =>
        $$"""data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finishReason}}}]}""" + "\n\n";
}
