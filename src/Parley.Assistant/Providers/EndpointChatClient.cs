using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Assistant.Images;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Providers;

/// <summary>
/// Prepares a conversation for a model behind an endpoint, and its answer for the voice: configured defaults fill what the session left
/// open, pictures are passed or put into words, and thoughts a model writes into its text are marked as thoughts.
/// </summary>
internal sealed partial class EndpointChatClient(IChatClient model, ChatModelOptions options, bool takesPictures, ILogger logger) : DelegatingChatClient(model)
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
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var thoughts = new InlineThoughts();
        await foreach (var update in base.GetStreamingResponseAsync(Prepare(messages), WithDefaults(options), cancellationToken).ConfigureAwait(false))
        {
            update.Contents = [.. update.Contents.SelectMany(thoughts.Feed)];
            yield return update;
        }

        if (thoughts.Flush() is { Count: > 0 } rest)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [.. rest]);
        }
    }

    private ChatOptions WithDefaults(ChatOptions? given)
    {
        var result = given?.Clone() ?? new ChatOptions();
        result.Temperature ??= options.Temperature;
        result.MaxOutputTokens ??= options.MaxOutputTokens;
        if (SessionLanguage.Take(result) is { } code)
        {
            // The voice speaks this language; a model that was not told answers in the one it was asked in.
            result.Instructions = $"{result.Instructions}\nAnswer in the language with the code {code} unless you are asked for another.".TrimStart();
        }

        return result;
    }

    // Newest first, because the newest pictures are the ones that are kept.
    private List<ChatMessage> Prepare(IEnumerable<ChatMessage> messages)
    {
        List<ChatMessage> prepared = [.. messages];
        var room = options.MaxPictures;
        for (var i = prepared.Count - 1; i >= 0; i--)
        {
            if (prepared[i].Contents.Any(content => content is DataContent))
            {
                var contents = prepared[i].Contents.Reverse().Select(content => content is DataContent data ? Prepare(data, ref room) : content).OfType<AIContent>().Reverse();
                prepared[i] = new ChatMessage(prepared[i].Role, [.. contents]);
            }
        }

        return prepared;
    }

    // Null = left out: a picture from long ago is not worth its tokens.
    private AIContent? Prepare(DataContent data, ref int room)
    {
        if (!data.HasTopLevelMediaType("image"))
        {
            return new TextContent($"[A file of type {data.MediaType}]");
        }

        if (room-- <= 0)
        {
            return null;
        }

        if (!takesPictures)
        {
            return new TextContent(ImageReport.NoteFor(data));
        }

        if (ImageReader.TryRead(data.Data, out _) == ImageReading.Read)
        {
            return data;
        }

        Log.PictureLeftOut(logger);
        return new TextContent(ImageReport.NoteFor(data));
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PictureLeftOut, LogLevel.Warning, "Truncated, unsupported or oversized image; the model is told in its place")]
        public static partial void PictureLeftOut(ILogger logger);
    }
}
