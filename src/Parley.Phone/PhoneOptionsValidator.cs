using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Parley.Phone.Signatures;

namespace Parley.Phone;

/// <summary>Checks the options at the start of the server.</summary>
internal sealed class PhoneOptionsValidator : IValidateOptions<PhoneOptions>
{
    public ValidateOptionsResult Validate(string? name, PhoneOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        List<string> failures = [.. results.Select(static result => $"Phone: {result.ErrorMessage}")];
        if (options.PublicUrl is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.Query.Length > 0))
            failures.Add("Phone:PublicUrl must be an absolute http or https URL without a query, such as https://voice.example.com/.");
        if (options.Telnyx.PublicKey is { } key && !IsKey(key))
            failures.Add("Phone:Telnyx:PublicKey must be the base64 of an Ed25519 public key.");
        if (options.Telnyx.Codec is not ("PCMU" or "PCMA" or "L16"))
            failures.Add("Phone:Telnyx:Codec must be PCMU, PCMA or L16.");
        if (options.Plivo.ContentType is not ("audio/x-mulaw;rate=8000" or "audio/x-l16;rate=8000" or "audio/x-l16;rate=16000"))
            failures.Add("Phone:Plivo:ContentType must be audio/x-mulaw;rate=8000, audio/x-l16;rate=8000 or audio/x-l16;rate=16000.");
        foreach (var route in options.Routes.Prepend(options.Default))
        {
            if (string.IsNullOrWhiteSpace(route.Number))
                failures.Add("Phone:Routes: Number must not be empty; * matches every number.");
            // These ids have a meaning of their own.
            if (route.KeyId is { } id && (id.Length is 0 or > 64 || id == "development" || id.StartsWith("configured-", StringComparison.Ordinal)))
                failures.Add("Phone:Routes: KeyId must be the id of a virtual key or another name of at most 64 characters.");
        }
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static bool IsKey(string text)
    {
        var bytes = new byte[Ed25519.KeyBytes + 1];
        return Convert.TryFromBase64String(text, bytes, out var length) && Ed25519.IsKey(bytes[..length]);
    }
}
