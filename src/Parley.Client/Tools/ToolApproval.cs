namespace Parley.Client;

/// <summary>Whether a call may run: <c>true</c>, <c>false</c>, or a refusal with a reason for the model.</summary>
public readonly record struct ToolApproval
{
    private ToolApproval(bool isApproved, string reason) => (IsApproved, Reason) = (isApproved, reason);

    /// <summary>The call runs.</summary>
    public static ToolApproval Approved { get; } = new(true, "");

    /// <summary>Whether the call runs.</summary>
    public bool IsApproved { get; }

    /// <summary>Reason of a refusal, which is sent to the model.</summary>
    public string Reason { get; }

    /// <summary>The call does not run.</summary>
    /// <param name="reason">Reason for the model; default that the user did not allow the call.</param>
    public static ToolApproval Refused(string? reason = null) => new(false, reason ?? "The user did not allow this call.");

    /// <summary>Approved or refused.</summary>
    public static ToolApproval FromBoolean(bool isApproved) => isApproved ? Approved : Refused();

    /// <summary>Same as <see cref="FromBoolean"/>.</summary>
    public static implicit operator ToolApproval(bool isApproved) => FromBoolean(isApproved);
}
