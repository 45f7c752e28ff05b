using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Parley.Cascade.Agents.Conversations;

/// <summary>
/// Keeps the session of an agent and the history of the cascade alike. The cascade sends its whole history every time; what the agent knows
/// already is left out, and where it believes that it said more than the user has heard, its memory is corrected.
/// </summary>
/// <remarks>
/// An agent that keeps its history in memory gets the correction there. Of an agent that keeps it elsewhere nothing can be changed, so it is told
/// in a message. If the histories do not fit at all, after a restart for example, a new session begins with the whole history.
/// </remarks>
#pragma warning disable CA1001 // The semaphore has no wait handle: there is nothing to dispose.
internal sealed class AgentConversation
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _turns = new(1, 1);
    private AgentSession? _session;
    private IReadOnlyList<string> _known = [];
    private AgentRun? _last;

    /// <summary>Waits until an interrupted answer has ended.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(_turns);
    }

    /// <summary>Finds out what is new to the agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="messages">The history of the cascade.</param>
    /// <param name="instruction">Sent at the beginning of a session; null if the agent takes instructions otherwise.</param>
    /// <param name="cancellationToken">Cancels the wait for a new session.</param>
    public async Task<AgentRun> BeginAsync(
        AIAgent agent, IReadOnlyList<ChatMessage> messages, string? instruction, CancellationToken cancellationToken)
    {
        var prints = messages.Select(MessagePrint.Of).ToArray();
        if (_session is not null && prints.AsSpan().StartsWith(_known.ToArray()))
        {
            var news = Continue(_session, [.. messages.Skip(_known.Count)]);
            if (news.Count > 0)
                return new AgentRun(_session, news, prints, replacedHistory: false);
        }
        var replaced = _session is not null;
        (_session, _known, _last) = (await agent.CreateSessionAsync(cancellationToken).ConfigureAwait(false), [], null);
        IReadOnlyList<ChatMessage> all = instruction is null ? messages : [new ChatMessage(ChatRole.System, instruction), .. messages];
        return new AgentRun(_session, all, prints, replaced);
    }

    /// <summary>Remembers what the agent knows after an answer.</summary>
    public void End(AgentRun run)
    {
        if (run.Session != _session)
            return;
        if (run.IsComplete)
        {
            (_known, _last) = (run.History, run);
        }
        else if (!KeepsInMemory(run.Session))
        {
            // Whether the service has stored anything of it is not known.
            (_session, _known, _last) = (null, [], null);
        }
        // Else the agent stores an answer when it is complete, and this one is not: it is as if it had not been asked.
    }

    private List<ChatMessage> Continue(AgentSession session, List<ChatMessage> news)
    {
        if (_last is not { } last)
            return news;
        var calls = new Dictionary<string, string>();
        var heard = TakeAnswer(news, last.OpenCalls, calls);
        var corrected = new List<ChatMessage>();
        if (MessagePrint.Words(heard) != MessagePrint.Words(last.Text) && !TryCorrect(session, heard))
            corrected.Add(new ChatMessage(ChatRole.System, NoteOf(heard)));
        corrected.InsertRange(0, Abandoned(last.OpenCalls, calls, news));
        corrected.AddRange(news.Select(message => WithAgentIds(message, calls)));
        _last = null;
        return corrected;
    }

    // The answer as the cascade has it: what the agent said, as far as it was heard, and its calls with other ids.
    private static string TakeAnswer(List<ChatMessage> news, IReadOnlyList<FunctionCallContent> open, Dictionary<string, string> calls)
    {
        var heard = "";
        while (news.Count > 0 && news[0].Role == ChatRole.Assistant)
        {
            var called = news[0].Contents.OfType<FunctionCallContent>().ToArray();
            // A call that the agent did not make just now belongs to a late result.
            if (called.Any(call => !open.Any(own => own.Name == call.Name && !calls.ContainsValue(own.CallId))))
                break;
            foreach (var call in called)
                calls[call.CallId] = open.First(own => own.Name == call.Name && !calls.ContainsValue(own.CallId)).CallId;
            heard += news[0].Text;
            news.RemoveAt(0);
        }
        return heard;
    }

    // Models refuse a history in which a call has no result.
    private static IEnumerable<ChatMessage> Abandoned(
        IReadOnlyList<FunctionCallContent> open, Dictionary<string, string> calls, List<ChatMessage> news)
    {
        var answered = news.SelectMany(static message => message.Contents).OfType<FunctionResultContent>()
            .Select(result => calls.GetValueOrDefault(result.CallId, result.CallId)).ToHashSet();
        return open.Where(call => !answered.Contains(call.CallId))
            .Select(static call => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "The call was cancelled.")]));
    }

    private static ChatMessage WithAgentIds(ChatMessage message, Dictionary<string, string> calls) =>
        message.Contents.OfType<FunctionResultContent>().Any(result => calls.ContainsKey(result.CallId))
            ? new ChatMessage(message.Role, [.. message.Contents.Select(content => content is FunctionResultContent result
                ? new FunctionResultContent(calls.GetValueOrDefault(result.CallId, result.CallId), result.Result)
                : content)])
            : message;

    private static bool TryCorrect(AgentSession session, string heard)
    {
        if (!session.TryGetInMemoryChatHistory(out var history))
            return false;
        var corrected = history.ToList();
        var first = corrected.FindLastIndex(static message => message.Role != ChatRole.Assistant) + 1;
        if (first >= corrected.Count)
            return false;
        var calls = corrected.Skip(first).SelectMany(static message => message.Contents).Where(static content => content is FunctionCallContent).ToList();
        corrected.RemoveRange(first, corrected.Count - first);
        if (heard.Length > 0)
            calls.Insert(0, new TextContent(heard));
        if (calls.Count > 0)
            corrected.Add(new ChatMessage(ChatRole.Assistant, calls));
        session.SetInMemoryChatHistory(corrected);
        return true;
    }

    private static bool KeepsInMemory(AgentSession session) =>
        session is ChatClientAgentSession { ConversationId: null } || session.TryGetInMemoryChatHistory(out _);

    private static string NoteOf(string heard) => heard.Length > 0
        ? $"You were interrupted. Of your last answer the user has heard only: {heard}"
        : "You were interrupted. The user has heard nothing of your last answer.";

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
