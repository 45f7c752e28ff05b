using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Parley.Recording.Sealing;

namespace Parley.Recording.Tests.Sealing;

/// <summary>Encrypted files.</summary>
public sealed class SealedTests
{
    private readonly EphemeralDataProtectionProvider _protection = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void What_is_written_is_read(int bytes)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);

        var file = Write(content);

        Assert.Equal(content, Read(file));
        Assert.Equal(-1, file.AsSpan().IndexOf(content.Length > 16 ? content.AsSpan(0, 16) : "none of this"u8));
    }

    [Fact]
    public void A_changed_byte_anywhere_is_noticed()
    {
        var file = Write("A record of some length"u8.ToArray());
        for (var i = 0; i < file.Length; i++)
        {
            var changed = file.ToArray();
            changed[i] ^= 1;
            Assert.Throws<InvalidDataException>(() => Read(changed));
        }
    }

    [Fact]
    public void A_missing_end_is_noticed_wherever_it_begins()
    {
        var file = Write("first"u8.ToArray(), "second"u8.ToArray());

        for (var length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => Read(file[..length]));
        Assert.Throws<InvalidDataException>(() => Read([.. file, 0]));
    }

    [Fact]
    public void Chunks_cannot_change_places()
    {
        var file = Write([1], [2]);
        const int Chunk = SealedFormat.ChunkHeadBytes + 1;
        var first = file.Length - SealedFormat.ChunkHeadBytes - (2 * Chunk);
        var swapped = file.ToArray();
        file.AsSpan(first, Chunk).CopyTo(swapped.AsSpan(first + Chunk));
        file.AsSpan(first + Chunk, Chunk).CopyTo(swapped.AsSpan(first));

        Assert.Throws<InvalidDataException>(() => Read(swapped));
    }

    [Fact]
    public void Other_keys_do_not_open_it()
    {
        var file = Write([1, 2, 3]);

        var e = Assert.Throws<InvalidDataException>(() => new SealedReader(new MemoryStream(file), new EphemeralDataProtectionProvider()));
        Assert.Contains("other keys", e.Message, StringComparison.Ordinal);
    }

    private byte[] Write(params byte[][] chunks)
    {
        var stream = new MemoryStream();
        using var writer = new SealedWriter(stream, _protection);
        foreach (var chunk in chunks)
        {
            writer.Write(chunk);
            writer.Flush();
        }
        writer.Complete();
        return stream.ToArray();
    }

    private byte[] Read(byte[] file)
    {
        using var reader = new SealedReader(new MemoryStream(file), _protection);
        var content = new MemoryStream();
        reader.CopyTo(content);
        return content.ToArray();
    }
}
