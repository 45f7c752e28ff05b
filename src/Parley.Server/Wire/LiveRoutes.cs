using System.Text;

namespace Parley.Server.Wire;

/// <summary>Paths of the API (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-urls">protocol 1.1</see>).</summary>
internal static class LiveRoutes
{
    /// <summary>API versions that clients request; the server treats them alike.</summary>
    internal static IReadOnlyList<string> Versions { get; } = ["v1", "v1beta", "v1alpha"];

    private const string Service = "GenerativeService";

    /// <summary>The path for keys.</summary>
    internal static string Socket(string version) => $"/ws/google.ai.generativelanguage.{version}.{Service}.BidiGenerateContent";

    /// <summary>The path for ephemeral tokens.</summary>
    internal static string ConstrainedSocket(string version) => Socket(version) + "Constrained";

    /// <summary>API versions on the path of Vertex clients.</summary>
    internal static IReadOnlyList<string> VertexVersions { get; } = ["v1", "v1beta1"];

    private const string VertexService = "LlmBidiService";

    /// <summary>The path of Vertex clients, with a slash before the method.</summary>
    internal static string VertexSocket(string version) => $"/ws/google.cloud.aiplatform.{version}.{VertexService}/BidiGenerateContent";

    /// <summary>The path of Firebase clients, with a slash before the method.</summary>
    internal const string FirebaseSocket = $"/ws/google.firebase.vertexai.v1beta.{Service}/BidiGenerateContent";

    /// <summary>The path of the control API of calls.</summary>
    internal const string Calls = "/live/calls";

    /// <summary>Whether a path without repeated slashes belongs to this API; it may have a path base in front.</summary>
    internal static bool IsOurs(string path) =>
        path.Contains(Service, StringComparison.OrdinalIgnoreCase)
        || path.Contains(VertexService, StringComparison.OrdinalIgnoreCase)
        || path.EndsWith("/auth_tokens", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith("/models", StringComparison.OrdinalIgnoreCase)
        || path.Contains("/models/", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(Calls, StringComparison.OrdinalIgnoreCase)
        || path.Contains(Calls + "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Folds repeated slashes: clients of the official JavaScript SDK ask for <c>//ws/…</c>, because its base address ends
    /// in a slash and its path begins with one.
    /// </summary>
    internal static string Fold(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal))
            return path;
        var folded = new StringBuilder(path.Length);
        foreach (var character in path)
        {
            if (character != '/' || folded.Length == 0 || folded[^1] != '/')
                folded.Append(character);
        }
        return folded.ToString();
    }
}
