using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant.Images;
using Parley.Assistant.Intents;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;
using Parley.Cascade.Answering;
using Parley.Server.Wire;

namespace Parley.Assistant;

/// <summary>
/// A chat client that needs no model, no key and no network: fixed rules answer, and the same input always gets the
/// same answer. It calls declared functions, looks at pictures (size and colours) and says plainly what it cannot do.
/// </summary>
/// <remarks>
/// Stateless and safe to share between sessions and threads. When the messages are an <see cref="IReadOnlyList{T}"/>
/// or an <see cref="IList{T}"/>, only the newest few are read, so a turn costs the same however long the session is;
/// any other sequence is copied first. Streamed text comes a few words at a time and without delay.
/// </remarks>
public sealed partial class RuleBasedChatClient : IChatClient
{
    /// <summary>The model name carried by every answer.</summary>
    public const string ModelName = "parley-rules";

    private readonly ChatClientMetadata metadata = new("parley", providerUri: null, ModelName);
    private readonly TimeProvider timeProvider;
    private readonly IPictureTextReader? pictureReader;
    private readonly ILogger logger;

    /// <summary>Creates the client. It reads no text in pictures; the one that <see cref="ChatModelFactory"/> makes does where it can.</summary>
    /// <param name="timeProvider">The clock behind answers about time and date (spoken in UTC); the system's when null.</param>
    public RuleBasedChatClient(TimeProvider? timeProvider = null)
        : this(timeProvider, null, null)
    {
    }

    internal RuleBasedChatClient(TimeProvider? timeProvider, IPictureTextReader? pictureReader, ILogger? logger)
    {
        this.timeProvider = timeProvider ?? TimeProvider.System;
        this.pictureReader = pictureReader;
        this.logger = logger ?? NullLogger.Instance;
    }

    /// <inheritdoc />
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var reply = await AnswerAsync(messages, options, cancellationToken).ConfigureAwait(false);
        List<AIContent> contents = reply.Text.Length > 0 ? [new TextContent(reply.Text)] : [];
        contents.AddRange(reply.Calls);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents) { MessageId = reply.Id })
        {
            ResponseId = reply.Id,
            ModelId = ModelName,
            FinishReason = FinishReasonOf(reply),
        };
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var reply = await AnswerAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (var delta in TextDeltas.Split(reply.Text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Update(reply, [new TextContent(delta)], finishReason: null);
        }

        cancellationToken.ThrowIfCancellationRequested();
        yield return Update(reply, [.. reply.Calls], FinishReasonOf(reply));
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the client holds no resources.</summary>
    public void Dispose()
    {
    }

    // Only words in a picture take time to find; every other answer is there at once.
    private async ValueTask<RuleReply> AnswerAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var turn = new RuleTurn(messages, options, timeProvider.GetUtcNow());
        if (pictureReader is not null && ReadingIntent.PictureToRead(turn) is { } picture)
        {
            turn.Reading = await pictureReader.ReadAsync(picture.Data, cancellationToken).ConfigureAwait(false);
        }

        var reply = RuleSet.Answer(turn);
        if (reply.Text.Contains(turn.Phrases.ImageUnreadable, StringComparison.Ordinal))
        {
            Log.PictureUnreadable(logger);
        }

        return reply;
    }

    private static ChatFinishReason FinishReasonOf(RuleReply reply) =>
        reply.Calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;

    private static ChatResponseUpdate Update(RuleReply reply, IList<AIContent> contents, ChatFinishReason? finishReason) =>
        new(ChatRole.Assistant, contents)
        {
            MessageId = reply.Id,
            ResponseId = reply.Id,
            ModelId = ModelName,
            FinishReason = finishReason,
        };

    private static partial class Log
    {
        [LoggerMessage(EventIds.PictureUnreadable, LogLevel.Warning, "Invalid or unsupported image from the client; the answer says so")]
        public static partial void PictureUnreadable(ILogger logger);
    }
}
