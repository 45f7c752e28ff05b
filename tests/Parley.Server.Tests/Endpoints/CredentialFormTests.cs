using System.Net;
using System.Text.Json;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

/// <summary>A credential is found in every form and on every endpoint, whatever blank forms are sent beside it.</summary>
public sealed class CredentialFormTests
{
    private static readonly string[] BlankQueries = ["", "key=", "key=%20", "key=+", "KEY=&key=%09", "key", "access_token=", "access_token=%20&key="];
    private static readonly string[] BlankHeaders = ["", "x-goog-api-key: ", "x-goog-api-key:   ", "Authorization: Bearer ", "Authorization: Token  ", "Authorization: "];
    private static readonly string[] KeyForms = ["?key=", "?alt=json&Key=", "?%6Bey=", "x-goog-api-key: ", "X-Goog-Api-Key:   ", "Authorization: Bearer ", "Authorization: bearer   "];
    private static readonly string[] TokenForms = ["?access_token=", "?ACCESS_TOKEN=", "?access%5Ftoken=", "Authorization: Token ", "Authorization: token   ", "Authorization: Bearer "];

    private static readonly string[] Versions = ["v1", "v1beta", "v1alpha"];

    [Fact]
    public async Task Key_is_found_beside_any_blank_credential_on_every_endpoint()
    {
        await using var host = await StartAsync();
        var count = 0;
        foreach (var (query, headers) in Requests(KeyForms, LiveTestHost.Key))
        {
            var version = Versions[count++ % Versions.Length];
            Assert.Equal(HttpStatusCode.OK, await SendAsync(host, HttpMethod.Get, $"/{version}/models{query}", headers));
            Assert.Equal(HttpStatusCode.OK, await SendAsync(host, HttpMethod.Get, $"/{version}/models/gemini-3.8-live{query}", headers));
            Assert.Equal(HttpStatusCode.OK, await SendAsync(host, HttpMethod.Post, $"/{version}/auth_tokens{query}", headers));
            await OpenAsync(host, $"/ws/google.ai.generativelanguage.{version}.GenerativeService.BidiGenerateContent{query}", headers);
        }
    }

    [Fact]
    public async Task Token_is_found_beside_any_blank_credential()
    {
        await using var host = await StartAsync();
        using var http = host.CreateClient();
        using var minted = await http.PostAsync(new Uri($"/v1/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), new StringContent("""{"uses":0}"""));
        var token = JsonElement.Parse(await minted.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
        foreach (var (query, headers) in Requests(TokenForms, token))
            await OpenAsync(host, LiveTestHost.Constrained.Replace("v1beta", "v1", StringComparison.Ordinal) + query, headers);
    }

    [Fact]
    public async Task Blank_credentials_alone_are_no_identity()
    {
        await using var host = await StartAsync();
        foreach (var blankQuery in BlankQueries)
        {
            foreach (var blankHeader in BlankHeaders)
            {
                string[] headers = blankHeader.Length == 0 ? [] : [blankHeader];
                Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(host, HttpMethod.Get, $"/v1beta/models?{blankQuery}", headers));
            }
        }
    }

    private static Task<InMemoryHost> StartAsync() => LiveTestHost.StartAsync(new EchoModel(), static options => options.RejectAtHttp = true);

    private static IEnumerable<(string Query, string[] Headers)> Requests(string[] forms, string credential)
    {
        foreach (var form in forms)
        {
            foreach (var blankQuery in BlankQueries)
            {
                foreach (var blankHeader in BlankHeaders)
                {
                    string[] blank = blankHeader.Length == 0 ? [] : [blankHeader];
                    if (form.StartsWith('?'))
                        yield return ($"?{blankQuery}&{form[1..]}{Uri.EscapeDataString(credential)}", blank);
                    else
                        yield return ("?" + blankQuery, [.. blank, form + credential]);
                }
            }
        }
    }

    private static async Task<HttpStatusCode> SendAsync(InMemoryHost host, HttpMethod method, string path, string[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.BaseAddress, path));
        foreach (var header in headers)
            request.Headers.TryAddWithoutValidation(header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        using var answer = await host.Invoker.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task OpenAsync(InMemoryHost host, string path, string[] headers)
    {
        await using var socket = await LiveSocket.ConnectAsync(host, path, options =>
        {
            foreach (var header in headers)
            {
                var (name, value) = (header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..]);
                // ClientWebSocket has one value for each name.
                if (value.Trim() is not ("" or "Bearer" or "Token"))
                    options.SetRequestHeader(name, value);
            }
        });
    }
}
