using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Parley.Server.Endpoints;

/// <summary>
/// Serves the files of the console, which are read once and kept in memory, compressed: they are few and small. Paths are looked up in a table of the
/// folder's files, so a path cannot escape the folder.
/// </summary>
internal sealed class ConsoleFiles
{
    private const string Start = "index.html";

    // Asset names contain a hash of their content, so assets never change.
    private const string Forever = "public, max-age=31536000, immutable";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".mp3"] = "audio/mpeg",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, StaticFile> _files;

    internal ConsoleFiles(string folder)
    {
        var files = new Dictionary<string, StaticFile>(StringComparer.Ordinal);
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                if (Types.TryGetValue(Path.GetExtension(path), out var type))
                    files[Path.GetRelativePath(folder, path).Replace('\\', '/')] = new StaticFile(File.ReadAllBytes(path), type);
            }
        }
        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Whether the console was built.</summary>
    internal bool Exist => _files.ContainsKey(Start);

    internal Task ServeAsync(HttpContext context, string path)
    {
        if (path.Length == 0)
            path = Start;
        if (!_files.TryGetValue(path, out var file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        var response = context.Response;
        response.Headers.ETag = file.Tag;
        response.Headers.CacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? Forever : "no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        Protect(response.Headers);
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        response.ContentType = file.Type;
        var body = file.Plain;
        if (Accepts(context.Request.Headers.AcceptEncoding, "br"))
            (body, response.Headers.ContentEncoding) = (file.Brotli, "br");
        else if (Accepts(context.Request.Headers.AcceptEncoding, "gzip"))
            (body, response.Headers.ContentEncoding) = (file.Gzip, "gzip");
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    /// <summary>Security headers: no external or inline content, no embedding in frames; microphone, camera and screen for this page only.</summary>
    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers["Permissions-Policy"] = "microphone=(self), camera=(self), display-capture=(self)";
        headers.XContentTypeOptions = "nosniff";
        // Browsers send no Origin with a GET; this tells the server under which name its page was opened.
        headers["Referrer-Policy"] = "same-origin";
    }

    private static bool Accepts(StringValues header, string encoding) =>
        StringWithQualityHeaderValue.TryParseList(header, out var list) && list.Any(one => one.Value == encoding && one.Quality is not 0);

    private sealed class StaticFile(byte[] content, string type)
    {
        private readonly Lazy<byte[]> _brotli = new(() => Compress(content, static to => new BrotliStream(to, CompressionLevel.SmallestSize)));
        private readonly Lazy<byte[]> _gzip = new(() => Compress(content, static to => new GZipStream(to, CompressionLevel.SmallestSize)));

        internal byte[] Plain => content;

        internal byte[] Brotli => _brotli.Value;

        internal byte[] Gzip => _gzip.Value;

        internal string Type => type;

        internal string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"";

        private static byte[] Compress(byte[] content, Func<Stream, Stream> compressor)
        {
            using var compressed = new MemoryStream();
            using (var stream = compressor(compressed))
                stream.Write(content);
            return compressed.ToArray();
        }
    }
}
