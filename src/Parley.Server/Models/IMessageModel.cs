using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// A model whose sessions forward whole messages, such as a relay. It checks setups itself: neither <see cref="LiveModelProfile"/> nor the lifetimes of the
/// server apply, because the service behind it has its own. <see cref="ILiveModel.StartAsync"/> returns an
/// <see cref="IMessageSession"/>.
/// </summary>
public interface IMessageModel : ILiveModel
{
    /// <summary>Accepts or refuses a setup, before a session starts and before a use of a token is taken.</summary>
    /// <exception cref="LiveCloseException">The setup is refused, with the close for the client.</exception>
    MessageAdmission Admit(MessageSetup setup);
}

/// <summary>A setup to accept or refuse.</summary>
/// <param name="Setup">The setup of the client, after its token was applied.</param>
/// <param name="Model">The requested model, as <c>models/x</c>.</param>
/// <param name="ApiVersion">Version in the path: <c>v1</c>, <c>v1beta</c> or <c>v1alpha</c>.</param>
/// <param name="Caller">Who asks.</param>
public sealed record MessageSetup(Setup Setup, string Model, string ApiVersion, LiveCaller Caller);

/// <summary>An accepted setup.</summary>
/// <param name="Setup">The effective setup: the same object as in the request if nothing was changed.</param>
public sealed record MessageAdmission(Setup Setup)
{
    /// <summary>Longest duration of the connection; default a day.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Minutes per day (UTC) of all sessions of the key together; beyond it sessions close with 1011. Null = unlimited.</summary>
    public int? MinutesPerDay { get; init; }

    /// <summary>Instruction or tools are set by a policy, so no later message may change them.</summary>
    public bool PinsContext { get; init; }

    /// <summary>
    /// A policy restricts what the setup may contain, so that a setup or message with anything that this server does not know is refused. It is also
    /// refused if <see cref="PinsContext"/> is set, if <see cref="Setup"/> was changed, or if a token locks something.
    /// </summary>
    public bool RefusesUnknown { get; init; }
}
