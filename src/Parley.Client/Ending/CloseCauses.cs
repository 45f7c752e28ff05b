using Parley.Client.Ending;

namespace Parley.Client;

/// <summary>Explains the causes of <see cref="SessionEnd"/> and <see cref="LiveException"/>.</summary>
public static class CloseCauses
{
    private const string Documentation = "https://github.com/parley-live/parley/blob/main/docs/";

    /// <summary>Address of the documentation of a cause.</summary>
    public static string HelpLink(EndCause cause) => Documentation + "closes.md#" + cause.ToString().ToLowerInvariant();

    /// <summary>What to do about the end of a session, in one sentence; empty if there is nothing to do.</summary>
    public static string Hint(EndCause cause) => cause switch
    {
        EndCause.InvalidKey => "Check the API key; for an ephemeral token (auth_tokens/…) call LiveClient.FromToken.",
        EndCause.ExpiredKey => "Create a new API key.",
        EndCause.ExpiredToken => "Create a new token with CreateTokenAsync.",
        EndCause.NoIdentity => "The server received no credential: check that proxies forward it, or set CredentialPlacement.Query.",
        EndCause.Forbidden => "The credential does not permit this, or the server refused it by policy.",
        EndCause.Region => "The service is not available at this location.",
        EndCause.UnknownModel => "Choose a model that ListModelsAsync returns, and check ApiVersion.",
        EndCause.UnknownEndpoint => "Check BaseAddress and ApiVersion: the address has no Live API.",
        EndCause.UnknownField => "Remove the named field from the setup or message; the model or API version does not know it.",
        EndCause.DeprecatedField => "Use the replacement that the reason names.",
        EndCause.InvalidArgument =>
            "Check modality, tool schemas and content sent in mid-session; a full context is reported like this too (set ContextWindowCompression).",
        EndCause.UnsupportedFeature => "The model does not support something in the setup; remove it or choose another model.",
        EndCause.SetupOrder => "Use one session per connection and send no setup through SendRawAsync.",
        EndCause.InvalidHandle or EndCause.SessionNotFound => "Connect again without SessionResumption.Handle.",
        EndCause.ContextFull => "Set ContextWindowCompression, or start a new session.",
        EndCause.Quota => "Wait a minute, close other sessions, or raise the quota.",
        EndCause.LifetimeOver or EndCause.GoingAway or EndCause.OperationRefused or EndCause.Network => "Connect again with the newest handle.",
        EndCause.MessageTooBig => "Send smaller messages; if the server's message was too long, raise MaxMessageBytes.",
        EndCause.Unavailable or EndCause.Internal => "Try again later, with growing pauses.",
        EndCause.Timeout => "Try again, or raise SetupTimeout.",
        _ => "",
    };

    /// <summary>The same with what the reason says.</summary>
    internal static string Hint(EndCause cause, string reason)
    {
        if (reason.Contains("There is no voice", StringComparison.OrdinalIgnoreCase))
            return "Set LiveSetup.Voice to a voice of the model, such as Kore or Puck: LiveModelProfile.Voices lists them, and LiveClient.Check finds others.";
        return cause == EndCause.InvalidArgument && CloseClassifier.FieldPath(reason) is { } path
            ? $"Correct {path} in the setup or message: the server does not take that value there."
            : Hint(cause);
    }

    /// <summary>
    /// The same for a session that could not be opened, or a request that failed: there is no handle to connect with again.
    /// </summary>
    internal static string ConnectHint(EndCause cause, string reason) => cause switch
    {
        EndCause.Network => "Check BaseAddress, the network and proxies; `parley doctor` finds the step that fails.",
        EndCause.LifetimeOver or EndCause.GoingAway or EndCause.OperationRefused => "Try again.",
        _ => Hint(cause, reason),
    };
}
