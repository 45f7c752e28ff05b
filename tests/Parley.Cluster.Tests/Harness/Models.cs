using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Server;

namespace Parley.Cluster.Tests.Harness;

/// <summary>
/// The models of the tests, in the process of the tests, so that they outlive every node: a Live server for relayed calls, and a chat model with the chat completions API of
/// OpenAI for local ones.
/// </summary>
internal sealed class Models : IAsyncDisposable
{
    public const string Key = "operator-key-of-the-test";

    private readonly WebApplication _app;

    private Models(WebApplication app, Pauses pauses)
    {
        _app = app;
        Pauses = pauses;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri Address { get; }

    public Pauses Pauses { get; }

    public static async Task<Models> StartAsync()
    {
        var pauses = new Pauses();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddLiveApi(static options =>
        {
            options.ApiKeys.Add(Key);
            options.Connections.DrainTime = TimeSpan.FromMilliseconds(1);
        }).UseDefaultModel(_ => new CountingModel(pauses));
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapLiveApi();
        app.MapPost("/v1/chat/completions", context => AnswerAsync(context, pauses));
        await app.StartAsync();
        return new Models(app, pauses);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, Pauses pauses)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var messages = body.RootElement.GetProperty("messages");
        var (conversation, isAsked) = Read(messages);
        context.Response.ContentType = "text/event-stream";
        if (isAsked && Conversation.CallsFunction(conversation.Turn))
        {
            var function = new { name = Conversation.Function, arguments = string.Create(CultureInfo.InvariantCulture, $$"""{"turn":{{conversation.Turn}}}""") };
            await SendAsync(context, new { tool_calls = new[] { new { index = 0, id = "call-" + Guid.NewGuid().ToString("n"), type = "function", function } } });
            await SendAsync(context, new { }, "tool_calls");
        }
        else
        {
            var answer = conversation.Answer();
            await SendAsync(context, new { content = answer[..(answer.Length / 2)] });
            await pauses.PassAsync(context.RequestAborted);
            await SendAsync(context, new { content = answer[(answer.Length / 2)..] });
            await SendAsync(context, new { }, "stop");
        }
        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    private static (Conversation Conversation, bool IsAsked) Read(JsonElement messages)
    {
        var conversation = new Conversation();
        var role = "";
        foreach (var message in messages.EnumerateArray())
        {
            role = message.GetProperty("role").GetString()!;
            if (role == "user")
                conversation = conversation.Ask(Text(message.GetProperty("content")));
            if (role == "tool")
                conversation = conversation.Respond(message.GetProperty("tool_call_id").GetString()!);
            if (message.TryGetProperty("tool_calls", out var calls))
                conversation = calls.EnumerateArray().Aggregate(conversation, static (before, call) => before.Call(call.GetProperty("id").GetString()!));
        }
        return (conversation, role == "user");
    }

    private static string Text(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Concat(content.EnumerateArray().Select(static part => part.GetProperty("text").GetString()));

    private static async Task SendAsync(HttpContext context, object delta, string? reason = null)
    {
        var chunk = new { id = "counting", @object = "chat.completion.chunk", created = 1, model = "counting", choices = new[] { new { index = 0, delta, finish_reason = reason } } };
        await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
