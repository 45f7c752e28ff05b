using System.Text;

namespace Parley.Speech.Tests.TurnTaking.SmartTurn;

/// <summary>
/// A generated ONNX file with the interface of Smart Turn v3: the mean of each row of the input, times random weights of a seed, through a
/// sigmoid. Protocol buffers by hand, as onnx.proto of the ONNX project defines them.
/// </summary>
internal static class TinyTurnModel
{
    private const int Float = 1;

    /// <summary>Bytes of a file.</summary>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="rows">Rows of the input; Smart Turn has 80.</param>
    /// <param name="frames">Columns of the input; Smart Turn has 800.</param>
    internal static byte[] Make(int seed = 1, int rows = 80, int frames = 800)
    {
        var random = new Random(seed);
        var weights = Enumerable.Range(0, rows).SelectMany(_ => BitConverter.GetBytes((random.NextSingle() - 0.5f) / 4)).ToArray();
        var graph = Message(
            Bytes(1, Node("ReduceMean", "means", ["input_features"], Attribute("axes", 2), Attribute("keepdims", 0, isList: false))),
            Bytes(1, Node("MatMul", "sum", ["means", "weights"])),
            Bytes(1, Node("Sigmoid", "logits", ["sum"])),
            Text(2, "turn"),
            Bytes(5, Message(Number(1, rows), Number(1, 1), Number(2, Float), Text(8, "weights"), Bytes(9, weights))),
            Bytes(11, Value("input_features", "batch", rows, frames)),
            Bytes(12, Value("logits", "batch", 1)));
        return Message(Number(1, 8), Bytes(7, graph), Bytes(8, Message(Number(2, 13))));
    }

    /// <summary>What the network of a seed returns, computed here.</summary>
    internal static float Expected(ReadOnlySpan<float> features, int seed = 1)
    {
        var random = new Random(seed);
        var sum = 0.0;
        for (var row = 0; row < 80; row++)
        {
            var weight = (random.NextSingle() - 0.5f) / 4;
            var mean = 0.0;
            foreach (var feature in features.Slice(row * 800, 800))
                mean += feature / 800.0;
            sum += weight * mean;
        }
        return (float)(1 / (1 + Math.Exp(-sum)));
    }

    private static byte[] Node(string type, string output, string[] inputs, params byte[][] attributes) =>
        Message([.. inputs.Select(input => Text(1, input)), Text(2, output), Text(4, type), .. attributes.Select(attribute => Bytes(5, attribute))]);

    private static byte[] Attribute(string name, long value, bool isList = true) =>
        isList ? Message(Text(1, name), Number(8, value), Number(20, 7)) : Message(Text(1, name), Number(3, value), Number(20, 2));

    private static byte[] Value(string name, string batch, params int[] sizes)
    {
        byte[][] shape = [Bytes(1, Message(Text(2, batch))), .. sizes.Select(size => Bytes(1, Message(Number(1, size))))];
        return Message(Text(1, name), Bytes(2, Message(Bytes(1, Message(Number(1, Float), Bytes(2, Message(shape)))))));
    }

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(static field => field)];

    private static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)value.Length), .. value];

    private static List<byte> Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
