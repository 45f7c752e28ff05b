using Microsoft.Extensions.AI;

namespace Parley.Cascade.Answering;

/// <summary>
/// Carries the id of a session to the chat client, in the additional properties of its options. Not as <c>ConversationId</c>: that one says
/// that the service has the history already.
/// </summary>
internal static class SessionId
{
    private const string Key = "parley.session_id";

    public static string? Of(ChatOptions? options) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(Key, out var id) ? id as string : null;

    public static void Set(ChatOptions options, string id) => (options.AdditionalProperties ??= [])[Key] = id;

    /// <summary>Removes the id, so that it is not sent to a model as an unknown parameter.</summary>
    public static void Remove(ChatOptions options) => options.AdditionalProperties?.Remove(Key);
}
