using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Parley.Assistant.Tests.Providers;

/// <summary>The part of Ollama's HTTP API that chat needs: /api/chat, which answers in lines of JSON.</summary>
internal sealed class FakeOllama : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeOllama(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>The requests, in order.</summary>
    public ConcurrentQueue<(string Authorization, JsonElement Body)> Requests { get; } = new();

    /// <summary>The parts of the answer: "message" objects.</summary>
    public string[] Messages { get; set; } = ["""{"role":"assistant","content":"Hello"}"""];

    public int Status { get; set; } = 200;

    public string Error { get; set; } = "";

    /// <summary>The connection is cut after the messages.</summary>
    public bool Cuts { get; set; }

    public static async Task<FakeOllama> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var ollama = new FakeOllama(app);
        app.MapPost("/api/chat", ollama.AnswerAsync);
        await app.StartAsync();
        return ollama;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue((context.Request.Headers.Authorization.ToString(), await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)));
        context.Response.StatusCode = Status;
        if (Status != 200)
        {
            if (Status is 307)
                context.Response.Headers.Location = "http://example.com/api/chat";
            await context.Response.WriteAsync(Error);
            return;
        }
        context.Response.ContentType = "application/x-ndjson";
        foreach (var message in Messages)
        {
            await context.Response.WriteAsync($$"""{"model":"tiny","created_at":"2026-11-22T14:05:09Z","message":{{message}},"done":false}""" + "\n");
            await context.Response.Body.FlushAsync();
        }
        if (Cuts)
        {
            context.Abort();
            return;
        }
        await context.Response.WriteAsync(
            """{"model":"tiny","created_at":"2026-11-22T14:05:09Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":1,"load_duration":1,"prompt_eval_count":3,"prompt_eval_duration":1,"eval_count":4,"eval_duration":1}""" + "\n");
    }
}
