using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Assistant;
using Parley.Server;

namespace Parley.Cascade.Tests;

/// <summary>Start of a host: the services it needs, and its error messages if one is missing.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_server_without_a_model_fails_at_startup_and_names_the_line_to_add()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(static services => services.AddLiveApi()));

        foreach (var line in (string[])["UseLocalModel()", "UseCascade()", "UseRelay(", "UseDefaultModel<T>()"])
            Assert.Contains(line, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cascade_without_a_chat_model_fails_at_startup_and_names_the_line_to_add()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(static services => services.AddLiveApi().UseCascade()));

        Assert.Contains("IChatClient", failure.Message, StringComparison.Ordinal);
        Assert.Contains("UseLocalModel()", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cascade_starts_with_a_registered_chat_client() =>
        await StartAsync(static services => services.AddSingleton<IChatClient>(new RuleBasedChatClient()).AddLiveApi().UseCascade());

    [Fact]
    public async Task The_local_model_needs_no_other_service() => await StartAsync(static services => services.AddLiveApi().UseLocalModel());

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
