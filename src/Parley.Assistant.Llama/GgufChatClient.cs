using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant.Llama.Engine;
using Parley.Assistant.Llama.Files;
using Parley.Assistant.Llama.Output;
using Parley.Assistant.Llama.Prompts;
using Parley.Assistant.Llama.Worker;
using Parley.Assistant.Providers;
using Parley.Cascade.Answering;
using Parley.Speech;
using Parley.Speech.Workers;

namespace Parley.Assistant.Llama;

/// <summary>
/// A chat model from a GGUF file, run by llama.cpp in a worker process. One instance serves any number of conversations at once. Functions are
/// declared in the form that the model was trained for, and calls are returned, never run.
/// </summary>
public sealed partial class GgufChatClient : IChatClient, IWarmable
{
    private const float DefaultTemperature = 0.7f;

    // A token has four characters on average, and text beyond the context is left out anyway.
    private const int CharactersPerToken = 16;
    private const int MaxCharacters = 1 << 17;

    private static readonly string[] PlainTextEnds = ["\nUser:", "\nuser:"];

    private readonly GgufHeader _file;
    private readonly PromptFormat _format;
    private readonly GgufOptions _options;
    private readonly ILogger _logger;
    private readonly LlamaEngine _engine;

    /// <summary>Checks a file and starts to load it. Answers wait until it is loaded.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="options">How the model runs; null (the default) uses the defaults.</param>
    /// <param name="timeProvider">Clock of all time limits; null (the default) uses the system clock.</param>
    /// <param name="logger">Receives failures of the worker; null (the default) logs nothing.</param>
    /// <exception cref="InvalidDataException">The file is not a usable chat model; the message names it and the reason.</exception>
    public GgufChatClient(string path, GgufOptions? options = null, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _file = GgufReader.Read(Path.GetFullPath(path));
        _format = PromptFormat.Of(_file.Template);
        _options = options ?? new GgufOptions();
        _logger = logger ?? NullLogger.Instance;
        var time = timeProvider ?? TimeProvider.System;
        _engine = new LlamaEngine(() => Start(time), _options.MaxAnswers, time, OnLost);
    }

    internal int? WorkerId => _engine.ProcessId;

    internal int Restarts => _engine.Restarts;

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var answer = _engine.Ask(RequestOf(messages, options));
        try
        {
            var thoughts = new InlineThoughts();
            var calls = new ToolCallParser(PromptBuilder.Functions(options).Select(static function => function.Name).ToHashSet(StringComparer.Ordinal));
            var stop = new StopText([.. options?.StopSequences ?? [], .. _file.Template is null ? PlainTextEnds : []]);
            var called = false;
            await foreach (var piece in answer.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                foreach (var content in thoughts.Feed(new TextContent(stop.Feed(piece))).SelectMany(Parse))
                    yield return Update(content);
                if (stop.Found)
                    break;
            }
            if (!stop.Found)
            {
                foreach (var content in thoughts.Feed(new TextContent(stop.Flush())).SelectMany(Parse))
                    yield return Update(content);
            }
            foreach (var content in thoughts.Flush().SelectMany(Parse).Concat(calls.Flush()))
                yield return Update(content);
            yield return End(answer.Result, called);

            IEnumerable<AIContent> Parse(AIContent content) => content is TextContent text ? calls.Feed(text.Text) : [content];

            ChatResponseUpdate Update(AIContent content)
            {
                called |= content is FunctionCallContent;
                return new ChatResponseUpdate(ChatRole.Assistant, [content]) { ModelId = _file.Name };
            }
        }
        finally
        {
            _engine.Cancel(answer);
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(ChatClientMetadata))
            return new ChatClientMetadata(ChatModelProviders.Gguf, defaultModelId: Path.GetFileName(_file.Path));
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Ends the worker; running answers fail.</summary>
    public void Dispose() => _engine.Dispose();

    async Task IWarmable.WarmAsync(CancellationToken cancellationToken)
    {
        await _engine.Loaded.WaitAsync(cancellationToken).ConfigureAwait(false);
        Log.Loaded(_logger, _file.Name, _file.Architecture, _engine.ProcessId ?? 0);
    }

    private EngineConnection Start(TimeProvider timeProvider)
    {
        WorkerHost? host = null;
        if (_options.Isolation == EngineIsolation.Process && !WorkerHost.TryFind(out host, out var problem))
            Log.RunsInProcess(_logger, problem);
        var settings = new WorkerSettings(_file.Path, _options.ContextLength, _options.Conversations, _options.ThreadCount);
        return EngineConnection.Start<LlamaEngineFactory>(
            host, "llama.cpp", _options.StepTimeout, timeProvider, JsonSerializer.Serialize(settings, LlamaJson.Default.WorkerSettings));
    }

    private void OnLost(Exception reason) => Log.WorkerLost(_logger, reason.Message);

    private AnswerRequest RequestOf(IEnumerable<ChatMessage> messages, ChatOptions? options) => new()
    {
        Conversation = SessionId.Of(options),
        Messages = Turns.Newest(PromptBuilder.Build(messages, options, _format), Math.Min(_options.ContextLength * CharactersPerToken, MaxCharacters)),
        Begin = _options.Think ? "" : _format.NoThoughts,
        MaxTokens = options?.MaxOutputTokens,
        Sampling = new Sampling
        {
            Temperature = options?.Temperature ?? DefaultTemperature,
            TopP = options?.TopP ?? _options.TopP,
            TopK = options?.TopK ?? _options.TopK,
            MinP = _options.MinP,
            RepeatPenalty = _options.RepeatPenalty,
            FrequencyPenalty = options?.FrequencyPenalty ?? 0,
            PresencePenalty = options?.PresencePenalty ?? 0,
            Seed = (uint?)options?.Seed,
        },
    };

    private ChatResponseUpdate End(AnswerResult? result, bool called)
    {
        var update = new ChatResponseUpdate
        {
            Role = ChatRole.Assistant,
            ModelId = _file.Name,
            FinishReason = called ? ChatFinishReason.ToolCalls : result?.IsCut == true ? ChatFinishReason.Length : ChatFinishReason.Stop,
        };
        if (result is not null)
        {
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = result.PromptTokens,
                OutputTokenCount = result.AnswerTokens,
                TotalTokenCount = result.PromptTokens + result.AnswerTokens,
                CachedInputTokenCount = result.ReusedTokens,
                AdditionalCounts = new() { ["dropped_turns"] = result.DroppedTurns },
            }));
        }
        return update;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Chat model loaded: {Name} ({Architecture}), worker process {ProcessId}")]
        public static partial void Loaded(ILogger logger, string name, string architecture, int processId);

        [LoggerMessage(EventIds.WorkerLost, LogLevel.Warning, "Worker of the chat model lost; the next answer starts another one: {Problem}")]
        public static partial void WorkerLost(ILogger logger, string problem);

        [LoggerMessage(EventIds.RunsInProcess, LogLevel.Warning, "The chat model runs in this process, because {Problem}")]
        public static partial void RunsInProcess(ILogger logger, string problem);
    }
}
