namespace Parley.Protocol.Codec;

/// <summary>The guide's <c>config</c>: a setup whose generation settings are next to the other members (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#33-mapping-the-guide-form-onto-the-wire-form">protocol 3.3</see>).</summary>
internal sealed class GuideConfig
{
    private const string ModelPrefix = "models/";

    internal Setup Setup { get; } = new();

    internal GenerationConfig Flat { get; } = new();

    internal Setup ToSetup()
    {
        if (Setup.GenerationConfig is { } nested)
            WireTypes.GenerationConfig.CopySet(Flat, nested);
        else if (WireTypes.GenerationConfig.HasAny(Flat))
            Setup.GenerationConfig = Flat;
        if (Setup.Model is { Length: > 0 } model && !model.Contains('/', StringComparison.Ordinal))
            Setup.Model = ModelPrefix + model;
        return Setup;
    }
}

/// <summary>A request that may be the guide's <c>config</c>.</summary>
internal sealed class GuideRequest
{
    internal LiveSessionRequest Request { get; } = new();

    internal GuideConfig? Config { get; set; }
}

internal static class GuideTypes
{
    internal static MessageType<GuideConfig> Config => field ??=
        new MessageType<GuideConfig>()
            .Flatten(WireTypes.Setup, static m => m.Setup)
            .Flatten(WireTypes.GenerationConfig, static m => m.Flat, except: "audioTranscriptionConfig");

    internal static MessageType<GuideTokenRequest> TokenRequest => field ??=
        new MessageType<GuideTokenRequest>()
            .Flatten(WireTypes.AuthTokenRequest, static m => m.Request)
            .Message("liveConnectConstraints", static () => Constraints, static m => m.Constraints, static (m, v) => m.Constraints = v)
            .Strings("lockAdditionalFields", static m => m.LockAdditionalFields, static (m, v) => m.LockAdditionalFields = v);

    internal static MessageType<GuideConstraints> Constraints => field ??=
        new MessageType<GuideConstraints>()
            .String("model", static m => m.Model, static (m, v) => m.Model = v)
            .Message("config", static () => Config, static m => m.Config, static (m, v) => m.Config = v);

    internal static MessageType<GuideRequest> Request => field ??=
        new MessageType<GuideRequest>()
            .Flatten(WireTypes.LiveSessionRequest, static m => m.Request)
            .Message("config", static () => Config, static m => m.Config, static (m, v) => m.Config = v, oneOf: "message_type");
}
