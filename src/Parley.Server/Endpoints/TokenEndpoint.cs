using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary><c>POST /{version}/auth_tokens</c> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-ephemeral-tokens">protocol 11</see>).</summary>
internal sealed partial class TokenEndpoint(TokenMint mint, ApiMethod method, IOptions<LiveApiOptions> options, ILogger<TokenEndpoint> logger)
{
    /// <summary>Fits a setup with the maximum of functions; a longer body is refused with 413.</summary>
    private const int MaxBodyBytes = 1 << 20;

    internal Task CreateAsync(HttpContext context) => method.RunAsync(context, async caller =>
    {
        var token = await mint.MintAsync(await ReadAsync(context.Request).ConfigureAwait(false), caller, metadata: null, context.RequestAborted).ConfigureAwait(false);
        Log.Minted(logger, RequestOrigin.AddressOf(context));
        var body = new ArrayBufferWriter<byte>(128);
        LiveCodec.Encode(new AuthTokenResponse { Name = token.Name }, body);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    });

    private async Task<AuthTokenRequest> ReadAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
            if (read.Buffer.Length > MaxBodyBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw ApiException.TooLarge($"The body must be at most {MaxBodyBytes} bytes long.");
            }
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return Decode(body);
            }
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private AuthTokenRequest Decode(byte[] body)
    {
        try
        {
            return body.Length == 0 ? new AuthTokenRequest() : LiveCodec.DecodeAuthTokenRequest(body, options.Value.Compatibility);
        }
        catch (LiveProtocolException e)
        {
            throw ApiException.InvalidArgument(e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TokenMinted, LogLevel.Information, "Auth token created for client {Remote}")]
        public static partial void Minted(ILogger logger, string remote);
    }
}
