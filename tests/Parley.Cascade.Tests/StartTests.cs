using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Parley.Assistant;
using Parley.Server;

namespace Parley.Cascade.Tests;

/// <summary>What an application has to say, and what it is told if it says too little.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_server_with_no_model_fails_at_the_start_and_names_the_line_to_add()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(static services => services.AddLiveApi()));

        foreach (var line in (string[])["UseLocalModel()", "UseCascade()", "UseRelay(", "UseDefaultModel<T>()"])
            Assert.Contains(line, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cascade_with_no_chat_model_fails_at_the_start_and_names_the_line_to_add()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(static services => services.AddLiveApi().UseCascade()));

        Assert.Contains("IChatClient", failure.Message, StringComparison.Ordinal);
        Assert.Contains("UseLocalModel()", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cascade_answers_with_the_chat_client_of_the_services() =>
        await StartAsync(static services => services.AddSingleton<IChatClient>(new RuleBasedChatClient()).AddLiveApi().UseCascade());

    [Fact]
    public async Task The_local_model_needs_nothing_else() => await StartAsync(static services => services.AddLiveApi().UseLocalModel());

    private static async Task StartAsync(Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration["Speech:Recognizer:Provider"] = "none";
        builder.Configuration["Speech:Detector:Provider"] = "energy";
        builder.Configuration["Speech:Synthesizer:Provider"] = "tone";
        builder.Services.AddLogging();
        add(builder.Services);
        await using var app = builder.Build();
        app.MapLiveApi();
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
