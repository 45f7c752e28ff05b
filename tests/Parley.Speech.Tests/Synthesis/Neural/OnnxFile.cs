using System.Text;

namespace Parley.Speech.Tests;

/// <summary>Writes small ONNX files: protocol buffers by hand, as onnx.proto of the ONNX project defines them.</summary>
internal sealed class OnnxFile
{
    private const int Float = 1;
    private const int Int64 = 7;

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _constants = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];

    public OnnxFile Input(string name, bool isFloat, params string[] shape)
    {
        _inputs.Add(Value(name, isFloat ? Float : Int64, shape));
        return this;
    }

    public OnnxFile Output(string name, bool isFloat, params string[] shape)
    {
        _outputs.Add(Value(name, isFloat ? Float : Int64, shape));
        return this;
    }

    public OnnxFile Constant(string name, float[] values, params long[] shape)
    {
        _constants.Add(Message([.. shape.Select(size => Number(1, size)), Number(2, Float), Text(8, name), Bytes(9, [.. values.SelectMany(BitConverter.GetBytes)])]));
        return this;
    }

    public OnnxFile Constant(string name, long[] values, params long[] shape)
    {
        _constants.Add(Message([.. shape.Select(size => Number(1, size)), Number(2, Int64), Text(8, name), Bytes(9, [.. values.SelectMany(BitConverter.GetBytes)])]));
        return this;
    }

    public OnnxFile Node(string type, string output, params string[] inputs) => Node(type, output, null, inputs);

    /// <summary>Adds an operation with one attribute, a whole number.</summary>
    public OnnxFile Node(string type, string output, (string Name, long Value)? attribute, params string[] inputs)
    {
        byte[][] attributes = attribute is var (name, value) ? [Bytes(5, Message([Text(1, name), Number(3, value), Number(20, 2)]))] : [];
        _nodes.Add(Message([.. inputs.Select(input => Text(1, input)), Text(2, output), Text(4, type), .. attributes]));
        return this;
    }

    public byte[] ToBytes()
    {
        var graph = Message(
        [
            .. _nodes.Select(static node => Bytes(1, node)), Text(2, "voice"), .. _constants.Select(static constant => Bytes(5, constant)),
            .. _inputs.Select(static input => Bytes(11, input)), .. _outputs.Select(static output => Bytes(12, output)),
        ]);
        return Message([Number(1, 8), Bytes(7, graph), Bytes(8, Message([Number(2, 15)]))]);
    }

    // A size is a number, or a name for one that is known only when the network runs.
    private static byte[] Value(string name, int type, string[] shape)
    {
        var sizes = shape.Select(size => Bytes(1, Message([long.TryParse(size, out var number) ? Number(1, number) : Text(2, size)])));
        return Message([Text(1, name), Bytes(2, Message([Bytes(1, Message([Number(1, type), Bytes(2, Message([.. sizes]))]))]))]);
    }

    private static byte[] Message(byte[][] fields) => [.. fields.SelectMany(static field => field)];

    private static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)value.Length), .. value];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
