namespace Parley.Cascade.Input;

/// <summary>
/// Masks profane words of a transcript: "d***". Whole words of English, French, German, Polish and Spanish. The list is stored as 64-bit
/// FNV-1a hashes of the lower-case words, so that it can be read by nobody who does not look for it.
/// </summary>
internal static class ProfanityMask
{
    private static readonly HashSet<ulong> Hashes =
    [
        0x000c8c7f99ee6b64, 0x00ef32288a1656c5, 0x062fbbbfe27253af, 0x09f24f5b568dde35, 0x0a42f191181105f7, 0x0a79cf88ab2cb91f,
        0x0bb8f591194ef325, 0x0f756f7687303230, 0x16d1703954095376, 0x19e1ceafd0250857, 0x1a1bd29fe49297fe, 0x1a41947fea6cb596,
        0x1e359bef2e850857, 0x1fba6dbeaeecf8db, 0x200221c99e8c54d4, 0x23951a1609acb39f, 0x24c872c287bf478f, 0x293d444913d6fa20,
        0x2b0972b4adc77ebe, 0x2b438a1de89d176b, 0x2f1879248c8ba920, 0x2f7a939f06eb7e80, 0x2ffd3b4c7334d3a8, 0x3204eab868c26a63,
        0x331412192fb5c6c4, 0x3a3c9b8e01277b22, 0x3afe1415d7ed871a, 0x422ccac73ec32e8a, 0x4294a77307b5320e, 0x44d205d829895096,
        0x4587acbdc7c4ba37, 0x46a9c75c1e7e493b, 0x46f05e18e29ecd13, 0x4b73bafc49a044c6, 0x4bf2121dfa9106df, 0x4c6d7290acc036bf,
        0x4e559ec80febd3bc, 0x4f88a5414b3add1d, 0x582afab29d0a0d80, 0x600024f2d4f9dd79, 0x62851d9e173b647b, 0x6347d9766b2c2f11,
        0x64b593009bc73af6, 0x65e76365b3a3ed2f, 0x67ea3cbd93f2f225, 0x68b1e586a033d9a4, 0x6acf1218f748a0db, 0x6b1be9caf23989e5,
        0x6c74fc0e27583233, 0x6c750a0e275849fd, 0x6f0b9ec3c2bac013, 0x6f59918485a380d8, 0x751c24ef5fd23b69, 0x75970ccaf8ad3817,
        0x759971ff764fd800, 0x77452cd703d231a4, 0x78e9f8deebf58a74, 0x794d550d52c072f0, 0x7c2c3c61184c4951, 0x80fc91cc11f79cdb,
        0x85f78c2265d1c822, 0x86585b78dafe862a, 0x8c2cf10da8936508, 0x8def3c54550279d6, 0x8fc7b5e8e955a6d0, 0x90a51287d079ae3d,
        0x90a51c87d079bf3b, 0x90aa2d3555c37d3b, 0x923f2c1ad150b809, 0x927cd87659fda013, 0x927ce67659fdb7dd, 0x927cee7659fdc575,
        0x94a819a0bb2de158, 0x9688ca8755942837, 0x97d1afcdcc129d70, 0x9e3077d58a9d1ca4, 0xa2fa8c0cdadd62c0, 0xa31c8c0cdafa4926,
        0xa329a40cdb04fc4a, 0xa4fe8f168ff38bc6, 0xa600bdc47c8a26f9, 0xa6053b417c2d8a3d, 0xaab0f778f00f8d66, 0xad57c77677aa55f7,
        0xaf5e2b46f5369c3e, 0xb20b22f9e813ebcb, 0xb5e10f9978f625e5, 0xbfdc150cec0b359f, 0xc53a1b5a06233abc, 0xc67c686c3068fd78,
        0xca0dc36757607e74, 0xd10ddcbfd23a6d2e, 0xd989dac7034c5516, 0xd9c580106b6bcde8, 0xdcb97d18fee001bd, 0xdd1ec4c46576bd88,
        0xdeda08a39d029499, 0xdfd7e58014de14c1, 0xe0f0c58862cd1066, 0xe41d0fd8d5a532c9, 0xe4a1a40346a7cb00, 0xea2d692cb66004b4,
        0xeca3e7ff6b404539, 0xef315f7916a3110a, 0xf23bf2094a8425af, 0xf2cc73910b7e0d71, 0xf369c575bb0a7e30, 0xf9cc95910efc34e6,
        0xfa368b85df20cdca, 0xfaf6b8eca76a6a86, 0xfe3cfb7b497e3183,
    ];

    /// <summary>The text with profane words masked; the same object if it has none.</summary>
    public static string Apply(string text)
    {
        char[]? masked = null;
        for (var start = 0; start < text.Length; start++)
        {
            var end = start;
            while (end < text.Length && char.IsLetter(text[end]))
                end++;
            if (end > start && Hashes.Contains(HashOf(text.AsSpan(start, end - start))))
                (masked ??= text.ToCharArray()).AsSpan(start + 1, end - start - 1).Fill('*');
            start = Math.Max(start, end);
        }
        return masked is null ? text : new string(masked);
    }

    private static ulong HashOf(ReadOnlySpan<char> word)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var character in word)
            hash = unchecked((hash ^ char.ToLowerInvariant(character)) * 0x100000001b3);
        return hash;
    }
}
