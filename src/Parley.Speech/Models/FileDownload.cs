using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Parley.Speech.Models;

/// <summary>
/// Brings one file of a model to its final name: continues what is there, tries again when the connection is cut, and verifies size and
/// checksum before the file gets its name.
/// </summary>
internal sealed class FileDownload(ModelHttp http, ModelDisk disk, TimeProvider time)
{
    private const int MaxFailures = 5;
    private const int ChunkSize = 128 << 10;

    /// <summary>Most bytes of a file whose size no source states: more is not what the catalogue means.</summary>
    private const long MaxUnknownBytes = 64 << 20;

    private const string Advice = "What was downloaded is deleted. Try again later, or give another source: --from.";

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Transfers a file.</summary>
    /// <param name="file">What the catalogue knows of it.</param>
    /// <param name="places">Where it may be, in order.</param>
    /// <param name="path">Its final path.</param>
    /// <param name="progress">Called for each piece.</param>
    /// <param name="cancellationToken">Stops the transfer; what has arrived stays, and a later call continues there.</param>
    /// <exception cref="ModelException">It cannot be had, or is not the file that the catalogue means.</exception>
    public async Task<ModelManifestFile> RunAsync(
        CatalogFile file, IReadOnlyList<Uri> places, string path, Action<TransferProgress> progress, CancellationToken cancellationToken)
    {
        HashAlgorithmName? published = file.Checksum?.Split(':')[0] switch
        {
            "sha1" => HashAlgorithmName.SHA1,
            "md5" => HashAlgorithmName.MD5,
            _ => null,
        };
        var part = await PartFile.OpenAsync(path, published, disk, cancellationToken).ConfigureAwait(false);
        await using var closing = part.ConfigureAwait(false);
        for (var isSecond = false; ; isSecond = true)
        {
            var kept = part.Length;
            var place = kept > 0 && kept == file.Bytes
                ? null
                : await TransferAsync(file, places, part, progress, cancellationToken).ConfigureAwait(false);
            if (DifferenceFrom(file, part) is not { } difference)
                break;
            part.Restart();
            // What was there already may be broken; what has just arrived is what the place has.
            if (kept == 0 || isSecond)
                throw new ModelException($"{NameOf(place!)} has {difference}. {Advice}");
        }
        var result = new ModelManifestFile(file.Name, part.Length, part.Checksums().Sha256);
        await part.CompleteAsync(path).ConfigureAwait(false);
        return result;
    }

    /// <summary>Transfers a file from the first place that has it, with further attempts after cut connections.</summary>
    private async Task<Uri> TransferAsync(
        CatalogFile file, IReadOnlyList<Uri> places, PartFile part, Action<TransferProgress> progress, CancellationToken cancellationToken)
    {
        var failures = 0;
        for (var place = 0; place < places.Count;)
        {
            var before = part.Length;
            try
            {
                var isThere = places[place].IsFile
                    ? await CopyAsync(file, places[place].LocalPath, part, progress, cancellationToken).ConfigureAwait(false)
                    : await RequestAsync(file, places[place], part, progress, cancellationToken).ConfigureAwait(false);
                if (isThere)
                    return places[place];
                place++;
            }
            catch (InterruptedTransferException e)
            {
                failures = part.Length > before ? 1 : failures + 1;
                if (failures >= MaxFailures)
                {
                    throw new ModelException(
                        $"{file.Name} cannot be downloaded from {places[place].Host}: {e.Message.TrimEnd('.')}. {Kept(part)}"
                        + "Check the network and HTTPS_PROXY, or give another source: --from.");
                }
                var pause = e.Pause > TimeSpan.Zero ? e.Pause : TimeSpan.FromSeconds(1 << (failures - 1));
                await Task.Delay(pause < LongestPause ? pause : LongestPause, time, cancellationToken).ConfigureAwait(false);
            }
        }
        throw new ModelException($"There is no {file.Name} at {string.Join(" or ", places.Select(NameOf))}. Give another source: --from.");
    }

    /// <summary>Requests what is missing of a file.</summary>
    /// <returns>Whether the server has it.</returns>
    private async Task<bool> RequestAsync(
        CatalogFile file, Uri place, PartFile part, Action<TransferProgress> progress, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            var from = RestartUnlessResumable(file, part);
            using var response = await http.GetAsync(place, from, part.Version, linked.Token).ConfigureAwait(false);
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                    await ReceiveAsync(file, place, response, part, silence, progress, linked.Token).ConfigureAwait(false);
                    return true;
                case HttpStatusCode.NotFound:
                    return false;
                case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                    throw new ModelException(
                        $"{NameOf(place)} answers {(int)response.StatusCode}: its publisher wants an account, or that you accept its licence. "
                        + "Download it with a browser, then give the file: --from FILE.");
                case >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests:
                    throw new InterruptedTransferException(
                        $"it answers {(int)response.StatusCode}", response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero);
                default:
                    throw new ModelException(
                        $"{NameOf(place)} answers {(int)response.StatusCode} ({response.StatusCode}). Give another source: --from.");
            }
        }
        catch (HttpRequestException e)
        {
            throw new InterruptedTransferException(e.InnerException?.Message ?? e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InterruptedTransferException($"it sent nothing for {LongestSilence.TotalSeconds:0} s");
        }
    }

    /// <summary>The byte to continue at: 0 if nothing would notice that the rest belongs to another version.</summary>
    private static long RestartUnlessResumable(CatalogFile file, PartFile part)
    {
        if (part.Length > 0 && ((part.Version is null && file.Checksum is null) || part.Length > file.Bytes))
            part.Restart();
        return part.Length;
    }

    private static async Task ReceiveAsync(
        CatalogFile file, Uri place, HttpResponseMessage response, PartFile part, CancellationTokenSource silence,
        Action<TransferProgress> progress, CancellationToken cancellationToken)
    {
        var range = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // All of it is here already; what it is, its checksum shows.
            if ((range?.Length ?? file.Bytes) == part.Length)
                return;
            part.Restart();
            throw new InterruptedTransferException("it refused the range");
        }
        if (response.StatusCode == HttpStatusCode.PartialContent && (part.Length == 0 || range?.From != part.Length || range.Unit != "bytes"))
        {
            part.Restart();
            throw new InterruptedTransferException("it sent another range");
        }
        if (response.StatusCode == HttpStatusCode.OK && part.Length > 0)
            part.Restart();

        var total = response.StatusCode == HttpStatusCode.PartialContent ? range!.Length : response.Content.Headers.ContentLength;
        if (file.Bytes is { } bytes && total is { } announced && announced != bytes)
        {
            part.Restart();
            throw new ModelException($"{NameOf(place)} has {announced:N0} bytes; the catalogue says {bytes:N0}. {Advice}");
        }
        part.SetVersion(VersionOf(response));
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await WriteAsync(file, stream, part, total ?? file.Bytes, silence, progress, cancellationToken).ConfigureAwait(false);
        if (part.Length < (total ?? file.Bytes))
            throw new InterruptedTransferException("the connection was closed");
    }

    private static async Task WriteAsync(
        CatalogFile file, Stream stream, PartFile part, long? total, CancellationTokenSource? silence,
        Action<TransferProgress> progress, CancellationToken cancellationToken)
    {
        var limit = total ?? MaxUnknownBytes;
        var buffer = new byte[ChunkSize];
        progress(new(file.Name, part.Length, total));
        while (true)
        {
            silence?.CancelAfter(LongestSilence);
            int read;
            try
            {
                read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new InterruptedTransferException(e.Message);
            }
            if (read == 0)
                return;
            if (part.Length + read > limit)
            {
                part.Restart();
                throw new ModelException($"{file.Name} is larger than {limit:N0} bytes, which the catalogue or the server says. {Advice}");
            }
            try
            {
                await part.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw ModelDisk.IsFull(e)
                    ? new ModelException(
                        $"The disk is full. {Kept(part)}Free {Megabytes(total - part.Length)}, then run the same command: it continues there.", e)
                    : new ModelException($"{file.Name} cannot be written: {e.Message}", e);
            }
            progress(new(file.Name, part.Length, total));
        }
    }

    private static async Task<bool> CopyAsync(
        CatalogFile file, string source, PartFile part, Action<TransferProgress> progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(source))
            return false;
        try
        {
            using var stream = new FileStream(
                source, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            part.Restart();
            await WriteAsync(file, stream, part, stream.Length, null, progress, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InterruptedTransferException)
        {
            throw new ModelException($"{source} cannot be read: {e.Message}", e);
        }
    }

    private static string? DifferenceFrom(CatalogFile file, PartFile part)
    {
        if (file.Bytes is { } bytes && part.Length != bytes)
            return $"{part.Length:N0} bytes; the catalogue says {bytes:N0}";
        if (file.Checksum?.Split(':') is not [var algorithm, var expected])
            return null;
        var (sha256, published) = part.Checksums();
        var actual = published ?? sha256;
        return actual == expected ? null : $"the {algorithm.ToUpperInvariant()} checksum {actual}; the catalogue says {expected}";
    }

    private static string NameOf(Uri place) => place.IsFile ? place.LocalPath : ModelHttp.Place(place);

    // A weak tag is no promise of the same bytes, so If-Range takes none.
    private static RangeConditionHeaderValue? VersionOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? new(tag)
        : response.Content.Headers.LastModified is { } changed ? new(changed)
        : null;

    private static string Kept(PartFile part) =>
        part.Length > 0 ? $"{Megabytes(part.Length)} are kept, and the same command continues there. " : "";

    internal static string Megabytes(long? bytes) => bytes switch
    {
        null => "space",
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(bytes.Value, 0) / 1e6:0.#} MB"),
    };
}
