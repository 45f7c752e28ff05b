using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Assistant.Providers;
using Parley.Assistant.Tests.Images;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Tests.Providers;

/// <summary>Preparation of conversations and answers for a model behind an endpoint.</summary>
public sealed class EndpointChatClientTests : IDisposable
{
    private static readonly byte[] Blue = TestImages.Png(8, 8, (_, _) => (20, 30, 200));

    private readonly LogRecorder _log = new();
    private readonly ILoggerFactory _loggers;

    public EndpointChatClientTests() => _loggers = LoggerFactory.Create(builder => builder.AddProvider(_log));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _loggers.Dispose();

    [Theory]
    [InlineData("", "Hello there", "Hello", " there")]
    [InlineData("first this", "Hello", "<think>first this</think>Hello")]
    [InlineData("a b", "Hi.", "<th", "ink>a", " b</thi", "nk>\n\n", "Hi.")]
    [InlineData("", "<thought> 1 < 2", "<thou", "ght> 1 < 2")]
    [InlineData("never ends </thin", "", "<think>never ends </thin")]
    [InlineData("", "<th", "<th")]
    [InlineData("", "so <think>this is said</think>", "so ", "<think>this is said</think>")]
    public async Task Thoughts_inside_the_text_are_not_spoken(string thought, string said, params string[] pieces)
    {
        using var client = new EndpointChatClient(
            new Stub(pieces), new ChatModelOptions(), takesPictures: false, _loggers.CreateLogger("test"));

        var contents = (await client.GetStreamingResponseAsync([Ask.User("hi")], cancellationToken: Cancellation).ToListAsync(Cancellation))
            .SelectMany(update => update.Contents).ToArray();

        Assert.Equal(thought, string.Concat(contents.OfType<TextReasoningContent>().Select(content => content.Text)));
        Assert.Equal(said, string.Concat(contents.OfType<TextContent>().Select(content => content.Text)));
    }

    [Fact]
    public async Task A_vision_model_gets_the_newest_images()
    {
        var stub = await AskAboutPicturesAsync(takesPictures: true, Blue, Blue, TestImages.Jpeg(2, 2, 250), Blue);

        Assert.Equal(["image/jpeg", "image/png"], stub.Messages.SelectMany(message => message.Contents).OfType<DataContent>().Select(data => data.MediaType));
    }

    [Fact]
    public async Task A_model_without_vision_gets_the_measurements()
    {
        var stub = await AskAboutPicturesAsync(takesPictures: false, Blue);

        Assert.Equal(
            ["[A picture, measured and not seen: 8 by 8 pixels, mostly blue, dark]", "what is this"],
            stub.Messages[0].Contents.OfType<TextContent>().Select(content => content.Text));
    }

    [Fact]
    public async Task A_broken_image_is_logged_and_never_sent()
    {
        var stub = await AskAboutPicturesAsync(takesPictures: true, Blue[..40]);

        Assert.StartsWith("[A picture that could not be read]", stub.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains(_log.Entries, entry => entry.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Configured_values_are_defaults_for_the_session()
    {
        var stub = new Stub(["ok"]);
        using var client = new EndpointChatClient(
            stub, new ChatModelOptions { Temperature = 0.3f, MaxOutputTokens = 99 }, takesPictures: false, _loggers.CreateLogger("test"));
        var options = new ChatOptions { MaxOutputTokens = 7, Instructions = "Be kind." };
        SessionLanguage.Set(options, "de-DE");
        SessionCaller.Set(options, new Parley.Server.LiveCaller("key", "owner"));

        await client.GetResponseAsync([Ask.User("hi")], options, Cancellation);

        Assert.Equal((0.3f, 7), (stub.Options?.Temperature, stub.Options?.MaxOutputTokens));
        Assert.Equal("Be kind.\nAnswer in the language with the code de-DE unless you are asked for another.", stub.Options?.Instructions);
        Assert.Empty(stub.Options?.AdditionalProperties ?? []);
        Assert.Equal("de-DE", SessionLanguage.Of(options));
    }

    private async Task<Stub> AskAboutPicturesAsync(bool takesPictures, params byte[][] pictures)
    {
        var stub = new Stub(["ok"]);
        using var client = new EndpointChatClient(
            stub, new ChatModelOptions { MaxPictures = 2 }, takesPictures, _loggers.CreateLogger("test"));
        var images = pictures.Select(picture => (AIContent)new DataContent(picture, picture[0] == 0xFF ? "image/jpeg" : "image/png"));
        await client.GetResponseAsync(
            [new ChatMessage(ChatRole.User, [.. images, new TextContent("what is this")])], cancellationToken: Cancellation);
        return stub;
    }

    private sealed class Stub(string[] pieces) : IChatClient
    {
        public List<ChatMessage> Messages { get; private set; } = [];

        public ChatOptions? Options { get; private set; }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            (Messages, Options) = ([.. messages], options);
            foreach (var piece in pieces)
                yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
