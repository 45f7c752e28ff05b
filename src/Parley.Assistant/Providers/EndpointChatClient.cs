using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Assistant.Images;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Providers;

/// <summary>
/// Prepares a conversation for a model behind an endpoint, and its answer for speech: configured defaults are used for options that the
/// session does not set, images are sent or described in words, and thoughts inside the text of a model are marked as thoughts.
/// </summary>
internal sealed partial class EndpointChatClient(
    IChatClient model, ChatModelOptions options, bool takesPictures, ILogger logger, bool takesSessions = false)
    : DelegatingChatClient(model)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var response = await base.GetResponseAsync(Prepare(messages), WithDefaults(options), cancellationToken).ConfigureAwait(false);
        foreach (var message in response.Messages)
        {
            var thoughts = new InlineThoughts();
            message.Contents = [.. message.Contents.SelectMany(thoughts.Feed), .. thoughts.Flush()];
        }
        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var thoughts = new InlineThoughts();
        var updates = base.GetStreamingResponseAsync(Prepare(messages), WithDefaults(options), cancellationToken);
        await foreach (var update in updates.ConfigureAwait(false))
        {
            update.Contents = [.. update.Contents.SelectMany(thoughts.Feed)];
            yield return update;
        }
        if (thoughts.Flush() is { Count: > 0 } rest)
            yield return new ChatResponseUpdate(ChatRole.Assistant, [.. rest]);
    }

    private ChatOptions WithDefaults(ChatOptions? given)
    {
        var result = given?.Clone() ?? new ChatOptions();
        result.Temperature ??= options.Temperature;
        result.MaxOutputTokens ??= options.MaxOutputTokens;
        if (!takesSessions)
            SessionId.Remove(result);
        SessionCaller.Remove(result);
        SessionLanguage.TakeAsInstruction(result);
        return result;
    }

    // From the newest message back, because the newest images are kept.
    private List<ChatMessage> Prepare(IEnumerable<ChatMessage> messages)
    {
        List<ChatMessage> prepared = [.. messages];
        var room = options.MaxPictures;
        for (var i = prepared.Count - 1; i >= 0; i--)
        {
            if (prepared[i].Contents.Any(content => content is DataContent))
            {
                var contents = prepared[i].Contents.Reverse()
                    .Select(content => content is DataContent data ? Prepare(data, ref room) : content).OfType<AIContent>().Reverse();
                prepared[i] = new ChatMessage(prepared[i].Role, [.. contents]);
            }
        }
        return prepared;
    }

    // Null = left out: an old image is not worth its tokens.
    private AIContent? Prepare(DataContent data, ref int room)
    {
        if (!data.HasTopLevelMediaType("image"))
            return new TextContent($"[A file of type {data.MediaType}]");
        if (room-- <= 0)
            return null;
        if (!takesPictures)
            return new TextContent(ImageReport.NoteFor(data));
        if (ImageReader.TryRead(data.Data, out _) == ImageReading.Read)
            return data;
        Log.PictureLeftOut(logger);
        return new TextContent(ImageReport.NoteFor(data));
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.PictureLeftOut, LogLevel.Warning,
            "Truncated, unsupported or oversized image; a note is sent to the model instead")]
        public static partial void PictureLeftOut(ILogger logger);
    }
}
