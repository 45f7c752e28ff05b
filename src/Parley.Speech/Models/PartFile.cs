using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Parley.Speech.Models;

/// <summary>
/// A file while it arrives: FILE.part, hashed as it is written, and FILE.part.from, which names the version that the server sends. It gets
/// its final name only when it is complete and verified, so a file with its final name can be trusted.
/// </summary>
internal sealed class PartFile : IAsyncDisposable
{
    private const int ReadSize = 1 << 20;

    private readonly string _path;
    private readonly Stream _stream;
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _published;

    private PartFile(string path, Stream stream, HashAlgorithmName? published)
    {
        (_path, _stream) = (path, stream);
        _published = published is { } algorithm ? IncrementalHash.CreateHash(algorithm) : null;
    }

    /// <summary>Bytes on disk.</summary>
    public long Length { get; private set; }

    /// <summary>The version of which the bytes are a part, for <c>If-Range</c>; null if the server named none.</summary>
    public RangeConditionHeaderValue? Version { get; private set; }

    private string VersionPath => _path + ".from";

    /// <summary>Opens FILE.part with the bytes of an earlier attempt.</summary>
    /// <param name="path">Path of the file when it is complete.</param>
    /// <param name="published">Algorithm of the checksum that the catalogue has; null if it has none.</param>
    /// <param name="disk">Opens the file.</param>
    /// <param name="cancellationToken">Ends the hashing of what is there.</param>
    public static async Task<PartFile> OpenAsync(string path, HashAlgorithmName? published, ModelDisk disk, CancellationToken cancellationToken)
    {
        var part = new PartFile(PathOf(path), disk.OpenAppend(PathOf(path)), published);
        try
        {
            if (File.Exists(part.VersionPath) && RangeConditionHeaderValue.TryParse(await File.ReadAllTextAsync(part.VersionPath, cancellationToken).ConfigureAwait(false), out var version))
                part.Version = version;
            await part.HashExistingAsync(cancellationToken).ConfigureAwait(false);
            return part;
        }
        catch
        {
            await part.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Path of the part of a file.</summary>
    public static string PathOf(string path) => path + ".part";

    /// <summary>Drops all bytes.</summary>
    public void Restart()
    {
        _stream.SetLength(0);
        _sha256.GetHashAndReset();
        _published?.GetHashAndReset();
        (Length, Version) = (0, null);
        File.Delete(VersionPath);
    }

    /// <summary>Remembers which version arrives.</summary>
    public void SetVersion(RangeConditionHeaderValue? version)
    {
        if (Equals(version, Version))
            return;
        Version = version;
        if (version is null)
            File.Delete(VersionPath);
        else
            File.WriteAllText(VersionPath, version.ToString());
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        Hash(bytes.Span);
    }

    /// <summary>The checksums of what has arrived, in lower-case hexadecimal digits.</summary>
    public (string Sha256, string? Published) Checksums() =>
        (Convert.ToHexStringLower(_sha256.GetCurrentHash()), _published is null ? null : Convert.ToHexStringLower(_published.GetCurrentHash()));

    /// <summary>Writes everything to disk and gives the file its final name; an old file of that name is replaced.</summary>
    public async Task CompleteAsync(string path)
    {
        await _stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        (_stream as FileStream)?.Flush(flushToDisk: true);
        await _stream.DisposeAsync().ConfigureAwait(false);
        File.Move(_path, path, overwrite: true);
        File.Delete(VersionPath);
    }

    public ValueTask DisposeAsync()
    {
        _sha256.Dispose();
        _published?.Dispose();
        return _stream.DisposeAsync();
    }

    private async Task HashExistingAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[ReadSize];
        _stream.Position = 0;
        int read;
        while ((read = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            Hash(buffer.AsSpan(0, read));
    }

    private void Hash(ReadOnlySpan<byte> bytes)
    {
        _sha256.AppendData(bytes);
        _published?.AppendData(bytes);
        Length += bytes.Length;
    }
}
