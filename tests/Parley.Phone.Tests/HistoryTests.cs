using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Cascade;
using Parley.Phone.Tests.Support;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Phone.Tests;

/// <summary>The local model remembers what the caller has heard, and a relay carries calls to another server.</summary>
public sealed class HistoryTests
{
    private const string Story = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty.";

    [Fact]
    public async Task Interrupted_answer_enters_the_history_as_far_as_marks_say()
    {
        var chat = new StoryModel();
        await using var host = await PhoneHost.StartAsync(services: services =>
        {
            services.AddSingleton<IChatClient>(chat);
        }, live: static live =>
        {
            live.BindOptions<Parley.Speech.SpeechOptions>("Speech", static speech =>
            {
                speech.Recognizer.Provider = "none";
                speech.Detector.Provider = "energy";
                speech.Synthesizer.Provider = "tone";
            });
            live.UseCascade(static cascade => cascade.WarmUp = false);
        });
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        await host.RunAsync(100);

        _ = caller.PressAsync("1#");
        await host.RunAsync(3_000);
        _ = caller.PressAsync("2#");
        await host.RunAsync(1_000);

        var history = Assert.Single(chat.Requests.Skip(1).Take(1));
        var said = Assert.Single(history, static line => line.StartsWith("assistant: ", StringComparison.Ordinal))["assistant: ".Length..];
        Assert.StartsWith("One two", said, StringComparison.Ordinal);
        Assert.StartsWith(said.TrimEnd(), Story, StringComparison.Ordinal);
        // The server sends two seconds ahead; the caller has heard about two and a half seconds.
        Assert.InRange(said.Length, 10, 55);
    }

    [Fact]
    public async Task Relay_is_a_model_like_any_other()
    {
        var upstream = new PhoneModel();
        await using var service = await InMemoryHost.StartAsync(
            builder => builder.Services.AddLiveApi(static live => live.ApiKeys.Add("upstream-key-of-the-test")).UseDefaultModel(_ => upstream),
            static app => app.MapLiveApi(),
            port: 0);
        await using var gateway = await InMemoryHost.StartAsync(
            builder => builder.Services.AddLiveApi().UseRelay(relay => relay.Upstreams.Add(new UpstreamOptions { Url = service.LoopbackAddress!, Key = "upstream-key-of-the-test" }))
                .AddPhone(static phone => phone.AllowLocalStreams = true),
            static app => app.MapPhone());
        await using var caller = await VirtualCaller.CallAsync(PhoneHost.UriOf(CallerDialect.Twilio), options => options.Invoker = gateway.Invoker);
        var model = await upstream.FirstAsync();

        Assert.True(await caller.SayAsync(Sound.Speech("hello", TimeSpan.FromMilliseconds(500))));
        var heard = caller.NextAsync(CallerEventKind.SoundStarted);
        model.Say(ConversationTests.Tone(TimeSpan.FromMilliseconds(500)));
        model.Send(new LiveSessionResponse { ServerContent = new ServerContent { TurnComplete = true } });
        await heard;
        await caller.HangUpAsync();

        await model.Ended.FirstAsync(static _ => true, "the end of the session at the service");
        Assert.InRange(ConversationTests.Loud(model.Heard, 16_000), 0.3, 0.6);
    }

    private sealed class StoryModel : IChatClient
    {
        public List<string[]> Requests { get; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            lock (Requests)
                Requests.Add([.. messages.Select(static message => $"{message.Role}: {message.Text}")]);
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, Story);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

        public void Dispose()
        {
        }
    }
}
