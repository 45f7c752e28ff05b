using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Assistant.Llama.Tests.Models;
using Parley.Server;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Assistant.Llama.Tests;

/// <summary>Conversations over the Live API with a model from a file.</summary>
public sealed class ConversationTests
{
    private const string TextSetup =
        """{"setup":{"model":"models/gemini-2.0-flash-live-001","generationConfig":{"responseModalities":["TEXT"],"temperature":0}}}""";

    [Fact]
    public async Task A_model_from_a_file_answers_the_live_api()
    {
        using var model = TinyModel.Brief();
        await using var host = await StartAsync(model);
        await using var client = await host.OpenAsync(TextSetup);

        Assert.Equal("It is two.", await AskAsync(client, "One and one?"));
        Assert.Equal("It is two.", await AskAsync(client, "Sure?"));
    }

    [Fact]
    public async Task A_conversation_goes_on_after_its_worker_was_killed_in_mid_sentence()
    {
        using var model = TinyModel.Endless();
        await using var host = await StartAsync(model);
        await using var client = await host.OpenAsync(TextSetup);
        var chatModel = host.Services.GetRequiredService<IChatClient>().GetService<GgufChatClient>()!;

        await client.SayAsync("Talk");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() is not null, "the beginning of the answer");
        using (var worker = Process.GetProcessById(chatModel.WorkerId!.Value))
            worker.Kill();
        await client.ReceiveUntilAsync(static frame => frame.SaidText()?.Contains("I am sorry", StringComparison.Ordinal) == true, "the apology");
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the end of the turn");
        await client.SayAsync("Talk again");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "on", "the next answer");

        Assert.Equal(1, chatModel.Restarts);
    }

    [Fact]
    public async Task A_file_that_is_no_model_stops_the_host_with_its_name()
    {
        using var model = new TinyModel([1, 2, 3]);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(model));

        Assert.Contains($"The model {model.Path} cannot be used", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_installed_is_an_error_that_says_how_to_install_it()
    {
        await using var services = new ServiceCollection().AddLiveApi().UseGguf("no-such-model").AddChatModel().Services.BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ChatModelOptions>>().Value);

        Assert.StartsWith("ChatModel:Model: There is no model \"no-such-model\".", failure.Message, StringComparison.Ordinal);
    }

    private static Task<InMemoryHost> StartAsync(TinyModel model) => InMemoryHost.StartAsync(
        builder =>
        {
            // Without speech engines: the same on every machine, and nothing to load.
            builder.Configuration["Speech:Recognizer:Provider"] = "none";
            builder.Configuration["Speech:Detector:Provider"] = "energy";
            builder.Configuration["Speech:Synthesizer:Provider"] = "tone";
            builder.Services.AddLiveApi(static live => live.ApiKeys.Add(LiveTestHost.Key))
                .UseGguf(model.Path, static options => options.Threads = 1).UseLocalModel();
        },
        static app => app.MapLiveApi());

    private static async Task<string> AskAsync(LiveSocket client, string question)
    {
        await client.SayAsync(question);
        var text = "";
        await client.ReceiveUntilAsync(frame =>
        {
            text += frame.SaidText();
            return frame.At("serverContent", "turnComplete") is not null;
        }, "the end of the turn");
        return text;
    }
}
