using System.Buffers;
using System.IO.Compression;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>
/// Compresses states, which are conversations as JSON: to a fifth or less, for less time than the bytes would need to the database. Small ones, and those
/// that do not become smaller, stay as they are.
/// </summary>
internal static class StateEncoding
{
    internal const short Plain = 0, Brotli = 1;
    private const int MinBytes = 512, Quality = 1, Window = 18;

    internal static (short Encoding, byte[] Data) Encode(ReadOnlySpan<byte> data)
    {
        if (data.Length < MinBytes)
            return (Plain, data.ToArray());
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            return BrotliEncoder.TryCompress(data, buffer, out var length, Quality, Window) && length < data.Length
                ? (Brotli, buffer.AsSpan(0, length).ToArray())
                : (Plain, data.ToArray());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="FormatException">The bytes are damaged, or of an encoding that this version does not know.</exception>
    internal static byte[] Decode(short encoding, byte[] data)
    {
        switch (encoding)
        {
            case Plain:
                return data;
            case Brotli:
                try
                {
                    using var plain = new MemoryStream();
                    using (var stream = new BrotliStream(new MemoryStream(data), CompressionMode.Decompress))
                        stream.CopyTo(plain);
                    return plain.ToArray();
                }
                catch (Exception e) when (e is InvalidOperationException or InvalidDataException)
                {
                    throw new FormatException("The compressed state is damaged.", e);
                }
            default:
                throw new FormatException($"The state has the encoding {encoding}, which this version does not know.");
        }
    }
}
