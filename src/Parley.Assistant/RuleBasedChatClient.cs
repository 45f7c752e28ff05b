using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant.Images;
using Parley.Assistant.Intents;
using Parley.Assistant.Rules;

namespace Parley.Assistant;

/// <summary>
/// The built-in assistant: a chat client that answers by fixed rules, without a model, key or network. The same input always gives the same
/// answer. It calls declared functions, describes size and colours of images, and says what it cannot do.
/// </summary>
/// <remarks>
/// Stateless and thread-safe; sessions may share it. If the messages are an <see cref="IReadOnlyList{T}"/> or an <see cref="IList{T}"/>,
/// only the newest few are read, so the cost of a turn does not grow with the conversation; any other sequence is copied first. Text is
/// streamed a few words at a time without delay.
/// </remarks>
public sealed partial class RuleBasedChatClient : IChatClient
{
    /// <summary>Model name in every response.</summary>
    public const string ModelName = "parley-rules";

    private readonly ChatClientMetadata _metadata = new("parley", providerUri: null, ModelName);
    private readonly TimeProvider _timeProvider;
    private readonly IPictureTextReader? _pictureReader;
    private readonly ILogger _logger;

    /// <summary>
    /// Creates the client. It does not read text in images; one created by <see cref="LocalModelBuilderExtensions.AddChatModel"/> does.
    /// </summary>
    /// <param name="timeProvider">Clock for answers about time and date, which are in UTC; null (the default) uses the system
    /// clock.</param>
    public RuleBasedChatClient(TimeProvider? timeProvider = null)
        : this(timeProvider, null, null)
    {
    }

    internal RuleBasedChatClient(TimeProvider? timeProvider, IPictureTextReader? pictureReader, ILogger? logger)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        _pictureReader = pictureReader;
        _logger = logger ?? NullLogger.Instance;
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
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the client holds no resources.</summary>
    public void Dispose()
    {
    }

    // Only reading text in an image takes time; every other answer is computed at once.
    private async ValueTask<AssistantReply> AnswerAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var turn = new TurnContext(messages, options, _timeProvider.GetUtcNow());
        if (_pictureReader is not null && ReadingIntent.PictureToRead(turn) is { } picture)
            turn.Reading = await _pictureReader.ReadAsync(picture.Data, cancellationToken).ConfigureAwait(false);
        var reply = RuleSet.Answer(turn);
        if (reply.Text.Contains(turn.Phrases.ImageUnreadable, StringComparison.Ordinal))
            Log.PictureUnreadable(_logger);
        return reply;
    }

    private static ChatFinishReason FinishReasonOf(AssistantReply reply) =>
        reply.Calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;

    private static ChatResponseUpdate Update(AssistantReply reply, IList<AIContent> contents, ChatFinishReason? finishReason) =>
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
