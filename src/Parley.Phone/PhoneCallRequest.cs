namespace Parley.Phone;

/// <summary>An outbound call.</summary>
public sealed record PhoneCallRequest
{
    /// <summary>Which account makes the call.</summary>
    public required PhoneCarrier Carrier { get; init; }

    /// <summary>The number to call, in E.164 form (<c>+14155550100</c>).</summary>
    public required string To { get; init; }

    /// <summary>The number that is shown, one of the account; its route answers.</summary>
    public required string From { get; init; }

    /// <summary>
    /// Parameters of the stream, for <see cref="PhoneCall.Parameters"/>; at most 8, names of letters and digits, values up to 200 characters. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }
}
