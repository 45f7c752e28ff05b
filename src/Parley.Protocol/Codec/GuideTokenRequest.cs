namespace Parley.Protocol.Codec;

/// <summary>
/// A token request in the form of the SDKs and the newer guide: constraints with a flat <c>config</c>, and a list of fields to
/// lock in place of the mask (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#111-request">protocol 11.1</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).
/// </summary>
internal sealed class GuideTokenRequest
{
    /// <summary>Fields of the generation settings that a list may name without their prefix.</summary>
    private static readonly HashSet<string> Generation = new(StringComparer.Ordinal)
    {
        "temperature", "topK", "topP", "maxOutputTokens", "responseModalities", "seed", "speechConfig",
        "top_k", "top_p", "max_output_tokens", "response_modalities", "speech_config",
    };

    internal AuthTokenRequest Request { get; } = new();

    internal GuideConstraints? Constraints { get; set; }

    internal IReadOnlyList<string>? LockAdditionalFields { get; set; }

    /// <exception cref="LiveProtocolException">The same value is given in both forms.</exception>
    internal AuthTokenRequest ToRequest()
    {
        if (Constraints is { } constraints)
        {
            if (Request.BidiGenerateContentSetup is not null)
                throw new LiveProtocolException("Invalid value at 'auth_token': bidi_generate_content_setup and live_connect_constraints cannot both be set.", "auth_token");
            Request.BidiGenerateContentSetup = constraints.ToSetup();
        }
        if (LockAdditionalFields is not { } fields)
            return Request;
        if (Request.FieldMask is not null)
            throw new LiveProtocolException("Invalid value at 'auth_token': field_mask and lock_additional_fields cannot both be set.", "auth_token");
        Request.FieldMask = string.Join(',', Given(Request.BidiGenerateContentSetup ?? new Setup())
            .Concat(fields.Select(static name => Generation.Contains(name) ? "generationConfig." + name : name)).Distinct(StringComparer.Ordinal));
        return Request;
    }

    private static IEnumerable<string> Given(Setup setup)
    {
        foreach (var name in WireTypes.Setup.SetNames(setup))
        {
            if (name != "generationConfig")
                yield return name;
        }
        if (setup.GenerationConfig is not { } generation)
            yield break;
        if (!WireTypes.GenerationConfig.HasAny(generation))
            yield return "generationConfig";
        foreach (var name in WireTypes.GenerationConfig.SetNames(generation))
            yield return "generationConfig." + name;
    }
}

/// <summary><c>{"model":"…","config":{…}}</c></summary>
internal sealed class GuideConstraints
{
    internal string? Model { get; set; }

    internal GuideConfig? Config { get; set; }

    internal Setup ToSetup()
    {
        var config = Config ?? new GuideConfig();
        config.Setup.Model ??= Model;
        return config.ToSetup();
    }
}
