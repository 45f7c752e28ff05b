using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using OllamaSharp.Models.Exceptions;
using ChatRole = Microsoft.Extensions.AI.ChatRole;

namespace Parley.Assistant.Providers;

/// <summary>
/// Ollama for a voice: the model stays loaded, does not think unless it is told to, and is loaded when the server starts. Errors say what to do.
/// </summary>
internal sealed partial class OllamaChatClient(OllamaApiClient ollama, string model, OllamaOptions ollamaOptions, ILogger logger)
    : DelegatingChatClient(ollama), IWarmable
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.GetResponseAsync(Plain(messages), WithSettings(options), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            throw new InvalidOperationException(reason, e);
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var updates = base.GetStreamingResponseAsync(Plain(messages), WithSettings(options), cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var streaming = updates.ConfigureAwait(false);
        var isComplete = false;
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    break;
            }
            catch (Exception e) when (Explain(e) is { } reason)
            {
                throw new InvalidOperationException(reason, e);
            }
            isComplete |= updates.Current.FinishReason is not null;
            yield return updates.Current;
        }
        // A connection that was cut ends the stream like one that is complete.
        if (!isComplete)
            throw new InvalidOperationException("Ollama ended the answer before it was complete.");
    }

    Task IWarmable.WarmAsync(CancellationToken cancellationToken)
    {
        // The server starts without it: Ollama may be started later.
        _ = LoadAsync(cancellationToken);
        return Task.CompletedTask;
    }

    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A request without messages loads the model, with the settings that answers have.
            await foreach (var _ in ollama.ChatAsync(NewRequest(), cancellationToken).ConfigureAwait(false))
            {
            }
            Log.Loaded(logger, model);
        }
#pragma warning disable CA1031 // Whatever it is: the first answer tries again, and fails with the reason.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.NotLoaded(logger, model, Explain(e) ?? e.Message);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private ChatRequest NewRequest() => new()
    {
        Model = model,
        Messages = [],
        Stream = true,
        KeepAlive = ollamaOptions.KeepAlive < TimeSpan.Zero
            ? "-1"
            : string.Create(CultureInfo.InvariantCulture, $"{(long)ollamaOptions.KeepAlive.TotalSeconds}s"),
        Think = ollamaOptions.Think is { } think ? (ThinkValue)think : (ThinkValue?)null,
        Options = new RequestOptions { NumCtx = ollamaOptions.ContextLength },
    };

    private ChatOptions WithSettings(ChatOptions? given)
    {
        var result = given?.Clone() ?? new ChatOptions();
        result.RawRepresentationFactory = _ =>
        {
            var request = NewRequest();
            request.Options!.NumPredict = result.MaxOutputTokens;
            request.Options.Seed = (int?)result.Seed;
            return request;
        };
        return result;
    }

    // Results as the text that models were trained on; the library would wrap them in an object of its own.
    private static IEnumerable<ChatMessage> Plain(IEnumerable<ChatMessage> messages) => messages.SelectMany(static message =>
        message.Contents.OfType<FunctionResultContent>().Any()
            ? message.Contents.OfType<FunctionResultContent>().Select(static result => new ChatMessage(ChatRole.Tool, TextOf(result.Result)))
            : [message]);

    private static string TextOf(object? result) => result switch
    {
        null => "null",
        string text => text,
        JsonElement json => json.GetRawText(),
        _ => JsonSerializer.SerializeToElement(result, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object))).ToString(),
    };

    private string? Explain(Exception failure) => failure switch
    {
        OllamaException or HttpRequestException { StatusCode: not null } when IsMissing(failure.Message) =>
            $"Ollama answers: {failure.Message}. Install it: ollama pull {model}",
        OllamaException or HttpRequestException { StatusCode: not null } => $"Ollama answers: {failure.Message}",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } =>
            $"Ollama does not answer at {ollama.Uri}. Start it, or set ChatModel:Endpoint.",
        _ => null,
    };

    private bool IsMissing(string message) =>
        message.Contains("not found", StringComparison.OrdinalIgnoreCase) && message.Contains(model, StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(EventIds.OllamaLoaded, LogLevel.Information, "Ollama has loaded {Model}")]
        public static partial void Loaded(ILogger logger, string model);

        [LoggerMessage(EventIds.OllamaNotLoaded, LogLevel.Warning, "Ollama could not load {Model} in advance: {Problem}")]
        public static partial void NotLoaded(ILogger logger, string model, string problem);
    }
}
