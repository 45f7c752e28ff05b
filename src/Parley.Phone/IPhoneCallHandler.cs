using Parley.Client;

namespace Parley.Phone;

/// <summary>
/// Code of the application that takes part in calls. Register it with <see cref="PhoneBuilder.AddHandler{T}"/>; every member has a default that does
/// nothing. Calls run at the same time; the members of one call are called one after the other, and never delay its audio.
/// </summary>
public interface IPhoneCallHandler
{
    /// <summary>A call begins: returns the setup of its session, changed or not.</summary>
    /// <param name="call">The call; it has no session yet.</param>
    /// <param name="setup">The setup of its route.</param>
    /// <param name="cancellationToken">Cancelled when the caller hangs up.</param>
    /// <returns>The setup; null refuses the call.</returns>
    ValueTask<LiveSetup?> SetUpAsync(PhoneCall call, LiveSetup setup, CancellationToken cancellationToken) => new(setup);

    /// <summary>The caller pressed a key.</summary>
    /// <param name="call">The call.</param>
    /// <param name="digit"><c>0</c> to <c>9</c>, <c>*</c>, <c>#</c> or <c>A</c> to <c>D</c>.</param>
    /// <param name="cancellationToken">Cancelled when the call ends.</param>
    ValueTask DigitAsync(PhoneCall call, char digit, CancellationToken cancellationToken) => default;

    /// <summary>The session reported something other than audio: a transcript, a function call, the end of a turn.</summary>
    /// <param name="call">The call.</param>
    /// <param name="update">The update.</param>
    /// <param name="cancellationToken">Cancelled when the call ends.</param>
    ValueTask UpdateAsync(PhoneCall call, LiveUpdate update, CancellationToken cancellationToken) => default;

    /// <summary>The call has ended.</summary>
    /// <param name="call">The call.</param>
    /// <param name="end">How it ended.</param>
    ValueTask EndedAsync(PhoneCall call, PhoneCallEnd end) => default;
}
