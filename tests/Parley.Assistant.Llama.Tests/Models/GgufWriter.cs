using System.Buffers.Binary;
using System.Text;

namespace Parley.Assistant.Llama.Tests.Models;

/// <summary>Writes GGUF files, version 3: metadata, descriptions of tensors, and their data from an aligned offset on.</summary>
#pragma warning disable CA1001 // A stream in memory: there is nothing to dispose.
internal sealed class GgufWriter
#pragma warning restore CA1001
{
    private const int Alignment = 32;

    private readonly MemoryStream _metadata = new();
    private readonly List<(string Name, long[] Dimensions, uint Type, byte[] Data)> _tensors = [];
    private int _entries;

    public void Add(string key, string value) => Add(key, 8, () => Text(_metadata, value));

    public void Add(string key, uint value) => Add(key, 4, () => Number(_metadata, value));

    public void Add(string key, float value) => Add(key, 6, () => _metadata.Write(BitConverter.GetBytes(value)));

    public void Add(string key, bool value) => Add(key, 7, () => _metadata.WriteByte(value ? (byte)1 : (byte)0));

    public void Add(string key, IReadOnlyList<string> values) => AddList(key, 8, values.Count, i => Text(_metadata, values[i]));

    public void Add(string key, IReadOnlyList<int> values) => AddList(key, 5, values.Count, i => _metadata.Write(BitConverter.GetBytes(values[i])));

    /// <summary>A vector of 32-bit floats.</summary>
    public void AddVector(string name, ReadOnlySpan<float> values)
    {
        var data = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
        _tensors.Add((name, [values.Length], 0, data));
    }

    /// <summary>A matrix of 16-bit floats: <paramref name="columns"/> inputs to <paramref name="rows"/> outputs.</summary>
    public void AddMatrix(string name, int columns, int rows, Func<int, int, float> valueOf)
    {
        var data = new byte[columns * rows * 2];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(((row * columns) + column) * 2), (Half)valueOf(row, column));
        }
        _tensors.Add((name, [columns, rows], 1, data));
    }

    public byte[] ToBytes()
    {
        var file = new MemoryStream();
        file.Write("GGUF"u8);
        Number(file, 3);
        Number64(file, _tensors.Count);
        Number64(file, _entries);
        file.Write(_metadata.ToArray());
        var offset = 0L;
        foreach (var (name, dimensions, type, data) in _tensors)
        {
            Text(file, name);
            Number(file, (uint)dimensions.Length);
            foreach (var dimension in dimensions)
                Number64(file, dimension);
            Number(file, type);
            Number64(file, offset);
            offset += Aligned(data.Length);
        }
        foreach (var (_, _, _, data) in _tensors)
        {
            file.SetLength(Aligned(file.Length));
            file.Position = file.Length;
            file.Write(data);
        }
        file.SetLength(Aligned(file.Length));
        return file.ToArray();
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Number(Stream stream, uint value) => stream.Write(BitConverter.GetBytes(value));

    private static void Number64(Stream stream, long value) => stream.Write(BitConverter.GetBytes(value));

    private static void Text(Stream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Number64(stream, bytes.Length);
        stream.Write(bytes);
    }

    private void Add(string key, uint type, Action writeValue)
    {
        _entries++;
        Text(_metadata, key);
        Number(_metadata, type);
        writeValue();
    }

    private void AddList(string key, uint type, int count, Action<int> writeItem) => Add(key, 9, () =>
    {
        Number(_metadata, type);
        Number64(_metadata, count);
        for (var i = 0; i < count; i++)
            writeItem(i);
    });
}
