using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Server.Endpoints;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Telemetry;

/// <summary>No log shows a credential, whatever address and method a client sends it with.</summary>
public sealed class AddressSecretTests
{
    private const string Secret = "a-key-nobody-may-read-4711";

    public static TheoryData<string> Targets =>
    [
        $"/v1beta/auth_tokens/?key={Secret}", $"/v1beta/files?key={Secret}", $"/v1beta/cachedContents?key={Secret}", $"/ws/wrong.path?key={Secret}", $"/healthz?key={Secret}",
        $"/readyz?access_token={Secret}", $"/?key={Secret}", $"/admin/keys?key={Secret}", $"/console/about?KEY={Secret}", $"/v2/models?Key={Secret}",
        $"/nothing?%6bey={Secret}", $"/nothing?%256bey={Secret}", $"/nothing?key%3D{Secret}", $"/nothing?a=b;key={Secret}", $"/nothing??key={Secret}", $"/nothing?&&key={Secret}",
        $"/nothing?x=1&ACCESS_TOKEN={Secret}", $"/nothing?access%5Ftoken={Secret}", $"/nothing?access-token={Secret}", $"/nothing?accessToken={Secret}", $"/nothing?api_key={Secret}",
        $"/nothing?apiKey={Secret}", $"/nothing?x-goog-api-key={Secret}", $"/nothing?%20key={Secret}", $"/nothing?key%20={Secret}", $"/nothing?key[]={Secret}",
        $"/nothing?next=%2Fws%3Fkey%3D{Secret}", $"/nothing?next=https%3A%2F%2Fhost%2F%3Faccess_token%3D{Secret}", $"/nothing?token=auth_tokens/{Secret}", $"/nothing?t=auth_tokens%2F{Secret}",
        $"/v1beta/auth_tokens/{Secret}", $"/v1/auth_tokens/{Secret}/x", $"/v1/auth_tokens%2F{Secret}", $"/nothing&key={Secret}", $"/nothing;key={Secret}", $"/nothing%3Fkey={Secret}",
        $"/nothing/key={Secret}", $"/v1beta/models/x&key={Secret}", $"//v1beta//models?key={Secret}", $"/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent/?key={Secret}",
        $"/nothing?q=parley_{Secret.Replace("-", "", StringComparison.Ordinal)}", $"http://parley.test/nothing?key={Secret}",
    ];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task No_log_shows_the_credential_of_any_address(string target)
    {
        await using var host = await StartAsync();
        foreach (var method in (string[])["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "BREW"])
            await SendAsync(host, $"{method} {target} HTTP/1.1\r\nHost: parley.test\r\nContent-Length: 0\r\nReferer: http://parley.test{target}\r\nConnection: close\r\n\r\n");
        await host.StopAsync();

        AssertHidden(host);
        Assert.Contains(host.Logs.Entries, static entry => entry.Message.Contains("Request starting", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET /nothing?key={0} and a space HTTP/1.1")]
    [InlineData("GET /nothing?key={0}")]
    [InlineData("GET ?key={0} HTTP/1.1")]
    [InlineData("GET nothing?key={0} HTTP/1.1")]
    [InlineData("G ET /?key={0} HTTP/1.1")]
    [InlineData("GET /?key={0} HTTP/9.9")]
    [InlineData("GET /%?key={0}%zz HTTP/1.1")]
    public async Task No_log_shows_the_credential_of_a_malformed_request(string line)
    {
        await using var host = await StartAsync();
        await SendAsync(host, line.Replace("{0}", Secret, StringComparison.Ordinal) + "\r\nHost: parley.test\r\nConnection: close\r\n\r\n");
        await host.StopAsync();

        AssertHidden(host);
    }

    [Theory]
    [InlineData("?sort_key=name&cache_key=7&monkey=1&keys=2&page_token=3", "?sort_key=name&cache_key=7&monkey=1&keys=2&page_token=3")]
    [InlineData("?alt=sse&key=abc&x=1", "?alt=sse&key=REDACTED&x=1")]
    [InlineData("?KEY=abc&Access_Token=d%2Fe", "?KEY=REDACTED&Access_Token=REDACTED")]
    [InlineData("", "")]
    [InlineData("?%D0%BF=%D1%80", "?%D0%BF=%D1%80")]
    public void Query_keeps_what_is_no_credential(string query, string expected) => Assert.Equal(expected, SecretRedaction.Query(query));

    [Fact]
    public async Task Requests_of_the_applications_own_paths_are_unchanged()
    {
        var seen = "";
        await using var host = await LiveTestHost.StartAsync(
            new EchoModel(), static options => options.ApplicationPaths.Add("/hubs"), app: app => app.Map("/hubs", branch => branch.Run(context =>
            {
                seen = $"{context.Request.QueryString} {context.Request.Headers.Authorization}";
                return Task.CompletedTask;
            })));

        await SendAsync(host, "GET /hubs/chat?access_token=abc HTTP/1.1\r\nHost: parley.test\r\nAuthorization: Token t\r\nConnection: close\r\n\r\n");
        Assert.Equal("?access_token=abc Token t", seen);

        await SendAsync(host, "GET /hubsx?key=abc HTTP/1.1\r\nHost: parley.test\r\nConnection: close\r\n\r\n");
        Assert.Contains(host.Logs.Entries, static entry => entry.Message.Contains("/hubsx?key=REDACTED", StringComparison.Ordinal));
    }

    // As verbose as an application can be, with the framework's own log of headers and addresses.
    private static Task<InMemoryHost> StartAsync() => LiveTestHost.StartAsync(
        new EchoModel(),
        services: static services =>
        {
            services.AddLogging(static logging => logging.AddFilter("Microsoft", LogLevel.Trace));
            services.AddHttpLogging(static options =>
            {
                options.LoggingFields = Microsoft.AspNetCore.HttpLogging.HttpLoggingFields.All;
                options.RequestHeaders.Add("Referer");
                options.RequestHeaders.Add("x-goog-api-key");
            });
        },
        app: static app => app.UseHttpLogging());

    private static async Task SendAsync(InMemoryHost host, string request)
    {
        await using var stream = await host.OpenRawStreamAsync();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        try
        {
            await Expect.WithinAsync(stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken), "the answer");
        }
        catch (IOException)
        {
            // Reset after the answer.
        }
    }

    private static void AssertHidden(InMemoryHost host)
    {
        foreach (var entry in host.Logs.Entries)
        {
            var text = $"{entry} {string.Join(' ', entry.Values)} {entry.Exception}";
            Assert.DoesNotContain(Secret, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Secret.Replace("-", "", StringComparison.Ordinal), text, StringComparison.OrdinalIgnoreCase);
        }
    }
}
