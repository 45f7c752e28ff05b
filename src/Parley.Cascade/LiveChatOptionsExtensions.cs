using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;
using Parley.Server;

namespace Parley.Cascade;

/// <summary>
/// What a chat client learns about the session that it answers, for tools, memory and policies by user. Parley's own clients remove it before a request
/// leaves the process.
/// </summary>
public static class LiveChatOptionsExtensions
{
    /// <summary>Who opened the session, with owner, user, principal and metadata: the property <c>parley.caller</c>.</summary>
    /// <param name="options">The options of the request.</param>
    /// <returns>Null without a session, such as during the warm-up.</returns>
    public static LiveCaller? GetLiveCaller(this ChatOptions? options) => SessionCaller.Of(options);

    /// <summary>
    /// Id of the session, the same after a resumption: the property <c>parley.session_id</c>. It can serve as the id of a conversation. It is not
    /// <see cref="ChatOptions.ConversationId"/>, because each request has the whole history.
    /// </summary>
    /// <param name="options">The options of the request.</param>
    /// <returns>Null without a session.</returns>
    public static string? GetLiveSessionId(this ChatOptions? options) => SessionId.Of(options);
}
