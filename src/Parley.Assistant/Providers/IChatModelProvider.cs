using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Parley.Assistant.Providers;

/// <summary>
/// A provider of chat models that <see cref="ChatModelOptions.Provider"/> selects by its name. Other packages register theirs in the
/// services.
/// </summary>
internal interface IChatModelProvider
{
    /// <summary>The value of <see cref="ChatModelOptions.Provider"/>; case is ignored.</summary>
    string Name { get; }

    /// <summary>Whether its clients read <c>SessionId</c>; otherwise it is removed from the options of a request.</summary>
    bool TakesSessions { get; }

    /// <summary>What is wrong with the options, apart from the settings that all providers have: a sentence each.</summary>
    IEnumerable<string> Failures(ChatModelOptions options);

    /// <summary>Creates a client for valid options. The caller prepares conversations and marks thoughts.</summary>
    IChatClient Create(ChatModelOptions options, TimeProvider timeProvider, ILogger logger);
}
