using System.ComponentModel.DataAnnotations;

namespace Parley.Phone;

/// <summary>What answers the calls of some numbers. What is null is taken from <see cref="PhoneOptions.Default"/>.</summary>
public sealed class PhoneRoute
{
    /// <summary>
    /// The called number of an incoming call, or the calling number of an outbound one, as the carrier writes it; <c>*</c> stands for any characters. Plus
    /// signs, spaces, dashes, dots and parentheses do not count. Default <c>*</c>.
    /// </summary>
    [Required]
    public string Number { get; set; } = "*";

    /// <summary>Name of the model; default <c>gemini-3.8-live</c>, which the default model of the server or its relay answers.</summary>
    public string? Model { get; set; }

    /// <summary>Instruction to the model. What is known of the call follows it (<see cref="PhoneOptions.DescribeCall"/>).</summary>
    public string? SystemInstruction { get; set; }

    /// <summary>Name of a prebuilt voice; default that of the model.</summary>
    public string? Voice { get; set; }

    /// <summary>BCP-47 code of the spoken answer; default that of the model.</summary>
    public string? LanguageCode { get; set; }

    /// <summary>
    /// Text that the model is sent when the call begins, so that it speaks first: "Greet the caller." Default none: it waits for the caller.
    /// </summary>
    public string? Opening { get; set; }

    /// <summary>
    /// Whose limits apply: the id of a virtual key, or another name, which is then the key id in sessions, usage and logs. Default <c>phone</c>. Not a secret.
    /// </summary>
    public string? KeyId { get; set; }
}
