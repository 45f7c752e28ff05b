using System.Runtime.CompilerServices;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Cascade.Agents.Conversations;
using Parley.Cascade.Answering;

namespace Parley.Cascade.Agents;

/// <summary>
/// An agent as chat client. The cascade owns the history, because only it knows what the user has heard; the agent has a session per
/// conversation and gets what is new in it. See <see cref="AgentConversation"/>.
/// </summary>
internal sealed partial class AgentChatClient(AIAgent agent, ILogger logger) : IChatClient
{
    private readonly ConversationCache _conversations = new();

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        // Without a session there is nothing to continue: the agent gets the whole history, once.
        var conversation = SessionId.Of(options) is { } id ? _conversations.Get(id) : new AgentConversation();
        using var turn = await conversation.EnterAsync(cancellationToken).ConfigureAwait(false);
        var run = await conversation.BeginAsync(agent, [.. messages], InstructionFor(options), cancellationToken).ConfigureAwait(false);
        if (run.ReplacedHistory)
            Log.HistoryReplaced(logger);
        var functions = options?.Tools?.OfType<AIFunctionDeclaration>().Select(static function => function.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        try
        {
            var updates = agent.RunStreamingAsync(run.Messages, run.Session, RunOptionsFor(options), cancellationToken);
            await foreach (var update in updates.ConfigureAwait(false))
            {
                var said = update.Contents.Where(content => Pass(run, content)).ToArray();
                if (said.Length > 0)
                    yield return new ChatResponseUpdate(ChatRole.Assistant, [.. said]) { ResponseId = update.ResponseId, MessageId = update.MessageId };
            }
            run.Complete();
        }
        finally
        {
            conversation.End(run);
        }
        var calls = run.OpenCalls.Where(call => functions.Contains(call.Name)).ToArray<AIContent>();
        if (calls.Length > 0)
            yield return new ChatResponseUpdate(ChatRole.Assistant, calls) { FinishReason = ChatFinishReason.ToolCalls };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(ChatClientMetadata))
            return new ChatClientMetadata("agent", defaultModelId: agent.Name ?? agent.Id);
        return serviceType.IsInstanceOfType(this) ? this : agent.GetService(serviceType);
    }

    public void Dispose()
    {
        // The application owns the agent.
    }

    // Calls come after all text, when it is known which of them the agent has run itself.
    private bool Pass(AgentRun run, AIContent content)
    {
        switch (content)
        {
            case FunctionCallContent call:
                run.Called(call);
                return false;
            case FunctionResultContent result:
                run.Returned(result.CallId);
                return false;
            case TextContent text:
                run.Said(text.Text);
                return true;
            case ToolApprovalRequestContent:
                Log.ApprovalIgnored(logger);
                return false;
            default:
                return content is TextReasoningContent or ErrorContent or UsageContent;
        }
    }

    private string? InstructionFor(ChatOptions? options) =>
        agent.GetService<ChatClientAgent>() is null && options?.Instructions is { Length: > 0 } instruction ? instruction : null;

    private static ChatClientAgentRunOptions RunOptionsFor(ChatOptions? options)
    {
        var given = options?.Clone() ?? new ChatOptions();
        SessionId.Remove(given);
        SessionCaller.Remove(given);
        SessionLanguage.TakeAsInstruction(given);
        return new ChatClientAgentRunOptions(given);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.ApprovalIgnored, LogLevel.Warning,
            "The agent asks for the approval of a tool, which a spoken conversation cannot give; the tool does not run")]
        public static partial void ApprovalIgnored(ILogger logger);

        [LoggerMessage(EventIds.HistoryReplaced, LogLevel.Debug, "The conversation differs from what the agent knows; its session begins again")]
        public static partial void HistoryReplaced(ILogger logger);
    }
}
