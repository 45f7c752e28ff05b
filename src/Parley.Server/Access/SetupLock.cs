using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Parley.Protocol;

namespace Parley.Server.Access;

/// <summary>What a token or a user locks of the setup (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).</summary>
/// <param name="Setup">The locked configuration; null = none.</param>
/// <param name="FieldMask">Paths that override the client's; empty = all.</param>
internal sealed record SetupLock(Setup? Setup, IReadOnlyList<string> FieldMask)
{
    /// <summary>Most paths in a mask; a mask with every path has fewer.</summary>
    internal const int MaxPaths = 256;

    internal static SetupLock None { get; } = new(null, []);

    internal bool IsNone => Setup is null && FieldMask is [];

    /// <summary>Instruction or tools are locked.</summary>
    internal bool LocksContext => !IsNone && (FieldMask is [] || FieldMask.Any(static path => path.Split('.')[0] is "systemInstruction" or "system_instruction" or "tools"));

    /// <summary>Hash of what is locked, the same for all that lock the same; empty = nothing.</summary>
    internal string Hash
    {
        get
        {
            if (IsNone)
                return "";
            var locked = new ArrayBufferWriter<byte>();
            if (Setup is not null)
                LiveCodec.Encode(Setup, locked);
            locked.Write(Encoding.UTF8.GetBytes("\n" + string.Join(',', FieldMask.Order(StringComparer.Ordinal))));
            return Convert.ToHexStringLower(SHA256.HashData(locked.WrittenSpan));
        }
    }

    /// <summary>What is wrong with it; null = nothing.</summary>
    internal string? FindError()
    {
        if (FieldMask.Count > MaxPaths)
            return $"field_mask has more than {MaxPaths} paths.";
        foreach (var path in FieldMask)
        {
            if (string.IsNullOrEmpty(path))
                return "field_mask contains an empty path; separate paths with single commas.";
            if (!new Setup().TryCopyPath(new Setup(), path))
                return $"field_mask contains '{path}', which is not a field of the setup.";
        }
        // It would leave open what its creator believes locked.
        return new AuthTokenRequest { BidiGenerateContentSetup = Setup, FieldMask = FieldMask is [] ? null : string.Join(',', FieldMask) }.FindUnmaskedPaths().Count > 0
            ? AuthTokenRequest.UnmaskedFieldsReason
            : null;
    }

    /// <summary>This and a stronger lock, whose fields win.</summary>
    internal SetupLock Under(SetupLock stronger)
    {
        if (stronger.IsNone)
            return this;
        // The whole setup is locked.
        if (IsNone || stronger.FieldMask is [])
            return stronger;
        var setup = Copy(Setup ?? new Setup());
        foreach (var path in stronger.FieldMask)
            setup.TryCopyPath(stronger.Setup ?? new Setup(), path);
        return new SetupLock(setup, FieldMask is [] ? [] : [.. FieldMask.Union(stronger.FieldMask, StringComparer.Ordinal)]);
    }

    private static Setup Copy(Setup setup)
    {
        var bytes = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(setup, bytes);
        return LiveCodec.DecodeSetup(bytes.WrittenSpan.ToArray());
    }
}
