namespace Parley.Assistant.Llama.Files;

/// <summary>Types of values and of tensors in GGUF files, by number.</summary>
internal static class GgufTypes
{
    public const uint Number32 = 4;
    public const uint Text = 8;
    public const uint List = 9;

    /// <summary>Elements and bytes of a block of each known tensor type; the rest are quantizations that llama.cpp may add.</summary>
    private static readonly Dictionary<uint, (uint Elements, uint Bytes)> Blocks = new()
    {
        [0] = (1, 4), [1] = (1, 2), [2] = (32, 18), [3] = (32, 20), [6] = (32, 22), [7] = (32, 24), [8] = (32, 34), [9] = (32, 36),
        [10] = (256, 84), [11] = (256, 110), [12] = (256, 144), [13] = (256, 176), [14] = (256, 210), [15] = (256, 292),
        [16] = (256, 66), [17] = (256, 74), [18] = (256, 98), [19] = (256, 50), [20] = (32, 18), [21] = (256, 110), [22] = (256, 82),
        [23] = (256, 136), [24] = (1, 1), [25] = (1, 2), [26] = (1, 4), [27] = (1, 8), [28] = (1, 8), [29] = (256, 56), [30] = (1, 2),
        [34] = (256, 54), [35] = (256, 66), [39] = (32, 17),
    };

    /// <summary>Bytes of a value of fixed size; null for texts, lists and unknown types.</summary>
    public static uint? SizeOf(uint type) => type switch
    {
        0 or 1 or 7 => 1,
        2 or 3 => 2,
        4 or 5 or 6 => 4,
        10 or 11 or 12 => 8,
        _ => null,
    };

    /// <summary>Bytes of a tensor; zero if its type is unknown.</summary>
    public static UInt128 BytesOf(uint type, UInt128 elements) =>
        Blocks.TryGetValue(type, out var block) ? (elements + block.Elements - 1) / block.Elements * block.Bytes : 0;
}
