using System.Buffers.Binary;
using System.Text;

namespace Parley.Assistant.Llama.Files;

/// <summary>
/// Reads the header of a GGUF file and checks that the file holds what it announces, before native code maps it: a truncated file would end
/// the worker with a signal. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
/// </summary>
internal sealed class GgufReader : IDisposable
{
    // Many times what real models have; a larger count is a corrupt file.
    private const ulong MaxEntries = 1 << 16;
    private const ulong MaxItems = 1 << 24;
    private const ulong MaxDimension = 1UL << 31;
    private const int MaxKeyBytes = 1 << 16;
    private const int MaxTextBytes = 1 << 22;
    private const uint DefaultAlignment = 32;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly byte[] _number = new byte[8];

    private GgufReader(string path) =>
        (_path, _file) = (path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16));

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="InvalidDataException">It is not a usable chat model; the message names the file and the reason.</exception>
    public static GgufHeader Read(string path)
    {
        try
        {
            using var reader = new GgufReader(path);
            return reader.ReadHeader();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The model {path} cannot be read: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();

    private GgufHeader ReadHeader()
    {
        Span<byte> magic = stackalloc byte[4];
        if (_file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4 || !magic.SequenceEqual("GGUF"u8))
            throw Invalid("it does not begin with the letters GGUF. Download it again, or use a file of the GGUF format");
        if (Number32() is var version and not (2 or 3))
            throw Invalid($"its format version is {version}, and 2 and 3 are known");
        var tensors = Count(Number64(), "tensors");
        var entries = Count(Number64(), "metadata entries");
        string? name = null, architecture = null, template = null, type = null;
        var alignment = DefaultAlignment;
        for (var i = 0; i < entries; i++)
        {
            var key = Text(MaxKeyBytes);
            var kind = Number32();
            switch (key, kind)
            {
                case ("general.name", GgufTypes.Text):
                    name = Text(MaxTextBytes);
                    break;
                case ("general.architecture", GgufTypes.Text):
                    architecture = Text(MaxTextBytes);
                    break;
                case ("general.type", GgufTypes.Text):
                    type = Text(MaxTextBytes);
                    break;
                case ("tokenizer.chat_template", GgufTypes.Text):
                    template = Text(MaxTextBytes);
                    break;
                case ("general.alignment", GgufTypes.Number32):
                    alignment = Number32();
                    break;
                default:
                    SkipValue(kind, isItem: false);
                    break;
            }
        }
        if (alignment is 0 or > 1 << 20)
            throw Invalid($"its alignment is {alignment}");
        if (string.IsNullOrEmpty(architecture))
            throw Invalid("it names no architecture");
        if (type is not (null or "" or "model") || architecture == "clip")
            throw Invalid($"it is part of a model ({type ?? architecture}), and a chat model is needed");
        CheckTensors(tensors, alignment);
        return new GgufHeader(_path, string.IsNullOrWhiteSpace(name) ? Path.GetFileNameWithoutExtension(_path) : name, architecture, template);
    }

    private void CheckTensors(int count, uint alignment)
    {
        var end = UInt128.Zero;
        for (var i = 0; i < count; i++)
        {
            var tensor = Text(MaxKeyBytes);
            var dimensions = Number32();
            if (dimensions is 0 or > 4)
                throw Invalid($"tensor {tensor} has {dimensions} dimensions");
            var elements = UInt128.One;
            for (var d = 0; d < dimensions; d++)
            {
                var size = Number64();
                if (size is 0 or > MaxDimension)
                    throw Invalid($"tensor {tensor} has a dimension of {size}");
                elements *= size;
            }
            end = UInt128.Max(end, GgufTypes.BytesOf(Number32(), elements) + Number64());
        }
        var start = (UInt128)((_file.Position + alignment - 1) / alignment * alignment);
        if (start + end > (UInt128)_file.Length)
            throw Invalid($"it is truncated: it has {_file.Length} bytes and needs {start + end}. Download it again");
    }

    private void SkipValue(uint kind, bool isItem)
    {
        if (kind == GgufTypes.Text)
        {
            Skip(Number64());
        }
        else if (kind == GgufTypes.List && !isItem)
        {
            var item = Number32();
            var count = Number64();
            if (count > MaxItems)
                throw Invalid($"it has a list of {count} items");
            if (GgufTypes.SizeOf(item) is { } size)
            {
                Skip(count * size);
                return;
            }
            for (var i = 0UL; i < count; i++)
                SkipValue(item, isItem: true);
        }
        else
        {
            Skip(GgufTypes.SizeOf(kind) ?? throw Invalid($"it has a value of the unknown type {kind}"));
        }
    }

    private void Skip(ulong bytes)
    {
        if (bytes > (ulong)(_file.Length - _file.Position))
            throw Truncated();
        _file.Seek((long)bytes, SeekOrigin.Current);
    }

    private string Text(int maxBytes)
    {
        var length = Number64();
        if (length > (ulong)(_file.Length - _file.Position))
            throw Truncated();
        if (length > (ulong)maxBytes)
            throw Invalid($"it has a text of {length} bytes");
        var bytes = new byte[length];
        _file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private int Count(ulong count, string what) => count <= MaxEntries ? (int)count : throw Invalid($"it has {count} {what}");

    private uint Number32() => BinaryPrimitives.ReadUInt32LittleEndian(Number(4));

    private ulong Number64() => BinaryPrimitives.ReadUInt64LittleEndian(Number(8));

    private ReadOnlySpan<byte> Number(int size)
    {
        var bytes = _number.AsSpan(0, size);
        return _file.ReadAtLeast(bytes, size, throwOnEndOfStream: false) < size ? throw Truncated() : bytes;
    }

    private InvalidDataException Truncated() => Invalid($"it ends in its header, after {_file.Length} bytes. Download it again");

    private InvalidDataException Invalid(string reason) => new($"The model {_path} cannot be used: {reason}.");
}
