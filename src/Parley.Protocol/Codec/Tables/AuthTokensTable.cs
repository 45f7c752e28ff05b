namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.AuthTokenRequest> AuthTokenRequest => field ??=
        new MessageType<Protocol.AuthTokenRequest>()
            .Int32("uses", static m => m.Uses, static (m, v) => m.Uses = v)
            .Timestamp("expireTime", static m => m.ExpireTime, static (m, v) => m.ExpireTime = v)
            .Timestamp("newSessionExpireTime", static m => m.NewSessionExpireTime, static (m, v) => m.NewSessionExpireTime = v)
            .Message("bidiGenerateContentSetup", static () => Setup, static m => m.BidiGenerateContentSetup, static (m, v) => m.BidiGenerateContentSetup = v)
            .String("fieldMask", static m => m.FieldMask, static (m, v) => m.FieldMask = v);

    internal static MessageType<Protocol.AuthTokenResponse> AuthTokenResponse => field ??=
        new MessageType<Protocol.AuthTokenResponse>()
            .String("name", static m => m.Name.Length == 0 ? null : m.Name, static (m, v) => m.Name = v ?? "");
}
