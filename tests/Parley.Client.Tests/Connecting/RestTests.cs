using System.Net;
using Microsoft.AspNetCore.Http;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Client.Tests.Connecting;

public class RestTests
{
    [Fact]
    public async Task Live_models_are_listed_over_several_pages()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async context =>
        {
            Assert.Equal("/v1/models", context.Request.Path);
            Assert.Equal(ScriptedLiveServer.Key, context.Request.Headers["x-goog-api-key"].ToString());
            await context.Response.WriteAsync(context.Request.Query["pageToken"] == "next"
                ? """{"models":[{"name":"models/b","supportedGenerationMethods":["bidiGenerateContent"],"inputTokenLimit":131072}]}"""
                : """
                  {"models":[{"name":"models/a","displayName":"A","supportedGenerationMethods":["generateContent","bidiGenerateContent"]},
                             {"name":"models/x","supportedGenerationMethods":["generateContent"]},{"name":"models/y"}],"nextPageToken":"next"}
                  """);
        });

        var models = await server.Client().ListModelsAsync();

        Assert.Equal([new LiveModelInfo("models/a") { DisplayName = "A" }, new LiveModelInfo("models/b") { InputTokenLimit = 131_072 }], models);
    }

    [Fact]
    public async Task A_token_is_created_with_a_locked_setup()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async context =>
        {
            Assert.Equal(("POST", "/v1/auth_tokens?key=" + ScriptedLiveServer.Key), (context.Request.Method, context.Request.Path + context.Request.QueryString.Value));
            using var body = new StreamReader(context.Request.Body);
            Assert.Equal("""{"uses":2,"bidiGenerateContentSetup":{"model":"models/m"},"fieldMask":"model"}""", await body.ReadToEndAsync());
            await context.Response.WriteAsync("""{"name":"auth_tokens/abc"}""");
        });
        var client = server.Client(options => options.CredentialPlacement = CredentialPlacement.Query);

        var token = await client.CreateTokenAsync(new AuthTokenRequest { Uses = 2, BidiGenerateContentSetup = new LiveSetup { Model = "m" }.ToWire(), FieldMask = "model" });

        Assert.Equal("auth_tokens/abc", token.Name);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":""}""")]
    public async Task A_token_without_a_name_is_an_error(string body)
    {
        await using var server = await ScriptedLiveServer.StartAsync((HttpContext context) => context.Response.WriteAsync(body));

        Assert.Equal(EndCause.ProtocolError, (await Assert.ThrowsAsync<LiveRequestException>(() => server.Client().CreateTokenAsync())).Cause);
    }

    [Fact]
    public async Task The_time_limit_of_an_own_client_is_a_timeout()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync((HttpContext _) => release.Task);
        using var own = server.Host.CreateClient();
        own.Timeout = TimeSpan.FromMilliseconds(50);
        var client = server.Client(options => options.Invoker = own);

        Assert.Equal(EndCause.Timeout, (await Assert.ThrowsAsync<LiveRequestException>(() => client.ListModelsAsync())).Cause);
        var connecting = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(new LiveSetup { Model = "m" }));

        Assert.Equal(EndCause.Timeout, connecting.Cause);
        Assert.Contains("Invoker", connecting.Message, StringComparison.Ordinal);
        release.SetResult();
    }

    [Theory]
    [InlineData(400, """{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}""", EndCause.InvalidKey)]
    [InlineData(429, "slow down", EndCause.Quota)]
    [InlineData(200, "<html>", EndCause.ProtocolError)]
    [InlineData(400, """{"error":{"code":400,"message":"BidiGenerateContentSetup contains fields that are not specified in field_mask"}}""", EndCause.InvalidArgument)]
    public async Task A_failed_request_reports_why(int status, string body, EndCause cause)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body);
        });

        var failed = await Assert.ThrowsAsync<LiveRequestException>(() => server.Client().ListModelsAsync());

        Assert.Equal(((HttpStatusCode)status, cause), (failed.StatusCode, failed.Cause));
    }
}
