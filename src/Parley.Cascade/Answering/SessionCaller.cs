using Microsoft.Extensions.AI;
using Parley.Server;

namespace Parley.Cascade.Answering;

/// <summary>Carries the caller of a session to the chat client, in the additional properties of its options.</summary>
internal static class SessionCaller
{
    private const string Key = "parley.caller";

    public static LiveCaller? Of(ChatOptions? options) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(Key, out var caller) ? caller as LiveCaller : null;

    public static void Set(ChatOptions options, LiveCaller? caller)
    {
        if (caller is not null)
            (options.AdditionalProperties ??= [])[Key] = caller;
    }

    /// <summary>Removes the caller, which must not leave the process.</summary>
    public static void Remove(ChatOptions options) => options.AdditionalProperties?.Remove(Key);
}
