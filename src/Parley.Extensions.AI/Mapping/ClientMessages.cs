using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>
/// Maps client messages of the abstraction to calls of the session. The abstraction adds items first and requests a response later; on the
/// wire both are one message, and text is best sent as realtime text, which every model takes in mid-session. So items wait for the
/// request.
/// </summary>
#pragma warning disable CA1001 // The gate has no wait handle: there is nothing to free.
internal sealed class ClientMessages(LiveSession session, LiveSetup setup, RealtimeSessionOptions? options, OpenCalls calls)
#pragma warning restore CA1001 // see above
{
    private readonly bool _manualActivity = setup.RealtimeInput?.AutomaticActivityDetection?.Disabled == true;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<Content> _items = [];
    private volatile bool _itemsWait;
    private bool _activityOpen, _contentOpen;

    internal RealtimeSessionOptions? Options { get; private set; } = options;

    internal async Task SendAsync(RealtimeClientMessage message, CancellationToken cancellationToken)
    {
        // Audio does not wait for other messages, unless their order matters.
        if (message is InputAudioBufferAppendRealtimeClientMessage append && !_manualActivity && !_itemsWait)
        {
            await AppendAsync(append.Content, cancellationToken).ConfigureAwait(false);
            return;
        }
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SendInOrderAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask SendInOrderAsync(RealtimeClientMessage message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case { RawRepresentation: LiveSessionRequest raw }:
                await session.SendRawAsync(raw, cancellationToken).ConfigureAwait(false);
                break;
            case InputAudioBufferAppendRealtimeClientMessage append:
                await SendItemsAsync(turnComplete: false, cancellationToken).ConfigureAwait(false);
                await BeginActivityAsync(append.Content, cancellationToken).ConfigureAwait(false);
                await AppendAsync(append.Content, cancellationToken).ConfigureAwait(false);
                break;
            case InputAudioBufferCommitRealtimeClientMessage:
                await CommitAsync(cancellationToken).ConfigureAwait(false);
                break;
            case CreateConversationItemRealtimeClientMessage { Item: { } item }:
                Add(item);
                await AnswerCallsAsync(evenIfOthersAreOpen: false, cancellationToken).ConfigureAwait(false);
                break;
            case CreateResponseRealtimeClientMessage request:
                await CreateResponseAsync(request, cancellationToken).ConfigureAwait(false);
                break;
            case SessionUpdateRealtimeClientMessage update:
                await UpdateAsync(update.Options, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new NotSupportedException(
                    $"The Live API has no counterpart of {message.GetType().Name}. To send a wire message, set RawRepresentation to a LiveSessionRequest.");
        }
    }

    private ValueTask AppendAsync(DataContent content, CancellationToken cancellationToken)
    {
        if (AudioFormat.TryParseRate(content.MediaType, SetupMapping.InputRateHz(Options), out var rateHz))
            return session.SendAudioAsync(content.Data, rateHz, cancellationToken);
        return content.HasTopLevelMediaType("image")
            ? session.SendVideoAsync(content.Data, content.MediaType, cancellationToken)
            : throw new NotSupportedException($"The Live API takes audio/pcm and images as realtime input, not {content.MediaType}.");
    }

    private async ValueTask BeginActivityAsync(DataContent content, CancellationToken cancellationToken)
    {
        if (!_manualActivity || _activityOpen || content.HasTopLevelMediaType("image"))
            return;
        await session.SendActivityStartAsync(cancellationToken).ConfigureAwait(false);
        _activityOpen = true;
    }

    private async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (!_manualActivity)
        {
            await session.SendAudioStreamEndAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (_activityOpen)
        {
            await session.SendActivityEndAsync(cancellationToken).ConfigureAwait(false);
            _activityOpen = false;
        }
    }

    private void Add(RealtimeConversationItem item)
    {
        var parts = new List<Part>();
        foreach (var content in item.Contents)
        {
            switch (content)
            {
                case FunctionResultContent result:
                    calls.TryAnswer(result.CallId, call => FunctionResults.ToResponse(call, result));
                    break;
                case TextContent text:
                    parts.Add(new Part { Text = text.Text });
                    break;
                case DataContent data:
                    parts.Add(new Part { InlineData = new Blob { MimeType = data.MediaType, Data = data.Data } });
                    break;
                default:
                    throw new NotSupportedException($"A Live conversation takes text, data and function results, not {content.GetType().Name}.");
            }
        }
        if (parts.Count == 0)
            return;
        var role = item.Role ?? ChatRole.User;
        if (role != ChatRole.User && role != ChatRole.Assistant)
            throw new NotSupportedException($"A Live conversation has no role \"{role}\", only user and assistant. To change the instructions, send a session update.");
        _items.Add(new Content { Role = role == ChatRole.Assistant ? "model" : "user", Parts = parts });
        _itemsWait = true;
    }

    private async ValueTask CreateResponseAsync(CreateResponseRealtimeClientMessage request, CancellationToken cancellationToken)
    {
        Refuse(request);
        foreach (var item in request.Items ?? [])
            Add(item);
        await AnswerCallsAsync(evenIfOthersAreOpen: true, cancellationToken).ConfigureAwait(false);
        if (_items.Count > 0 || _contentOpen)
            await SendItemsAsync(turnComplete: true, cancellationToken).ConfigureAwait(false);
        else if (_activityOpen)
            await CommitAsync(cancellationToken).ConfigureAwait(false);
        // Otherwise there is nothing to do: the model answers speech and function results without a request, and an empty turn would cut
        // the answer.
    }

    private async ValueTask SendItemsAsync(bool turnComplete, CancellationToken cancellationToken)
    {
        if (_items.Count == 0 && !turnComplete)
            return;
        if (turnComplete && !_contentOpen && !_activityOpen && OnlyText() is { } text)
            await session.SendTextAsync(text, cancellationToken).ConfigureAwait(false);
        else
            await session.SendContentAsync([.. _items], turnComplete, cancellationToken).ConfigureAwait(false);
        _contentOpen = !turnComplete;
        _items.Clear();
        _itemsWait = false;
    }

    private string? OnlyText() =>
        _items.TrueForAll(static item => item.Role == "user" && item.Parts!.All(static part => part.Text is not null))
            ? string.Join('\n', _items.SelectMany(static item => item.Parts!).Select(static part => part.Text))
            : null;

    private async ValueTask AnswerCallsAsync(bool evenIfOthersAreOpen, CancellationToken cancellationToken)
    {
        if (calls.Take(evenIfOthersAreOpen) is { Count: > 0 } answers)
            await session.SendToolResponsesAsync(answers, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask UpdateAsync(RealtimeSessionOptions update, CancellationToken cancellationToken)
    {
        SessionOptions.RefuseChange(Options, update);
        var instructions = update.Instructions == Options?.Instructions ? null : update.Instructions;
        var tools = ReferenceEquals(update.Tools, Options?.Tools) ? null : update.Tools;
        if (instructions is not null || tools is not null)
            await session.SendContextUpdateAsync(instructions, tools is null ? null : SetupMapping.ToTools(tools), cancellationToken).ConfigureAwait(false);
        Options = SessionOptions.Merge(Options, update);
    }

    private static void Refuse(CreateResponseRealtimeClientMessage request)
    {
        var asked = request switch
        {
            { Instructions: not null } => nameof(request.Instructions),
            { ExcludeFromConversation: true } => nameof(request.ExcludeFromConversation),
            { OutputModalities: not null } => nameof(request.OutputModalities),
            { OutputAudioOptions: not null } => nameof(request.OutputAudioOptions),
            { OutputVoice: not null } => nameof(request.OutputVoice),
            { MaxOutputTokens: not null } => nameof(request.MaxOutputTokens),
            { Tools: not null } => nameof(request.Tools),
            { ToolMode: not null and not AutoChatToolMode } => nameof(request.ToolMode),
            _ => null,
        };
        if (asked is not null)
            throw new NotSupportedException($"The Live API does not support {asked} for a single response. Set it in RealtimeSessionOptions.");
    }
}
