using Microsoft.Extensions.AI;

namespace Parley.Cascade.Answering;

/// <summary>
/// Whether a chat model runs on this machine and does nothing but write: it may then be asked in vain. A model elsewhere may be paid by the
/// token, and one that calls functions itself has effects.
/// </summary>
internal static class LocalChatModel
{
    // Providers that need no address.
    private static readonly HashSet<string> InProcess = new(StringComparer.OrdinalIgnoreCase) { "parley", "gguf", "llama" };

    internal static bool Is(IChatClient chatModel) =>
        chatModel.GetService<FunctionInvokingChatClient>() is null
        && chatModel.GetService<ChatClientMetadata>() is { } about
        && (about.ProviderUri is { IsAbsoluteUri: true } address ? address.IsLoopback : InProcess.Contains(about.ProviderName ?? ""));
}
