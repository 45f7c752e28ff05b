using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Parley.Bench.Load.Servers;

/// <summary>Repeats the last user message.</summary>
internal sealed class CannedChatModel : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        var history = (IReadOnlyList<ChatMessage>)messages;
        yield return new ChatResponseUpdate(ChatRole.Assistant, history[^1].Text);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The cascade streams.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
