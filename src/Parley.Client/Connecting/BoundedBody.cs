namespace Parley.Client.Connecting;

/// <summary>The answer of the server is longer than the client accepts.</summary>
internal sealed class BodyTooLongException(int maxBytes)
    : IOException($"the answer is longer than {maxBytes >> 20} MiB");

/// <summary>Reads the body of an HTTP answer up to a number of bytes.</summary>
internal static class BoundedBody
{
    /// <summary>A thousand models take about 1 MiB.</summary>
    internal const int MaxBytes = 8 << 20;

    /// <exception cref="BodyTooLongException">The body is longer; the rest is not read.</exception>
    internal static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MaxBytes)
            throw new BodyTooLongException(MaxBytes);
        using var body = new MemoryStream();
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var disposal = stream.ConfigureAwait(false);
        var buffer = new byte[16 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            if (body.Length + read > MaxBytes)
                throw new BodyTooLongException(MaxBytes);
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }
}
