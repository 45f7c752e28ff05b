using Parley.Protocol;
using Parley.Server.Access;

namespace Parley.Server;

/// <summary>
/// A model whose sessions forward whole messages, such as a relay. It decides about setups itself: the rules of <see cref="ModelProfile"/> do not
/// apply, and neither do the lifetimes of the server, because the service behind it has its own. <see cref="ILiveModel.StartAsync"/> returns an
/// <see cref="IMessageSession"/>.
/// </summary>
public interface IMessageModel : ILiveModel
{
    /// <summary>Decides about a setup, before a session starts and before anything is used up.</summary>
    /// <exception cref="LiveCloseException">The setup is refused, with the close the client is to see.</exception>
    MessageAdmission Admit(MessageSetup setup);
}

/// <summary>A setup to decide about.</summary>
/// <param name="Setup">The setup of the client and its token.</param>
/// <param name="Model">The model it asks for, as <c>models/x</c>.</param>
/// <param name="ApiVersion">Version in the path: <c>v1</c>, <c>v1beta</c> or <c>v1alpha</c>.</param>
/// <param name="Caller">Who asks.</param>
public sealed record MessageSetup(Setup Setup, string Model, string ApiVersion, LiveCaller Caller);

/// <summary>A session that may start.</summary>
/// <param name="Setup">The setup it is to have: the same object as asked for if nothing was changed.</param>
public sealed record MessageAdmission(Setup Setup)
{
    /// <summary>Longest duration of the connection; default a day.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Minutes a day (UTC) that the key may be connected, all its sessions together; null = no limit. Beyond it sessions close with 1011.</summary>
    public int? MinutesPerDay { get; init; }

    /// <summary>Instruction or tools are not the client's own, so no later message may change them.</summary>
    public bool PinsContext { get; init; }
}
