using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Parley.Cluster.Tests.Harness;

/// <summary>The admin API of one node, and what clients create over HTTP.</summary>
internal sealed class Admin : IDisposable
{
    private readonly HttpClient _http;

    public Admin(ClusterNode node)
    {
        _http = new HttpClient { BaseAddress = node.Admin };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", LiveCluster.AdminSecret);
    }

    /// <summary>Creates a key.</summary>
    public async Task<(string Id, string Secret)> CreateKeyAsync(object limits)
    {
        using var response = await _http.PostAsJsonAsync(new Uri("keys", UriKind.Relative), new { name = "test", limits });
        var created = await ReadAsync(response);
        return (created.GetProperty("key").GetProperty("id").GetString()!, created.GetProperty("secret").GetString()!);
    }

    public async Task RevokeAsync(string key)
    {
        using var response = await _http.DeleteAsync(new Uri($"keys/{key}", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Replaces the limits of a key.</summary>
    public async Task LimitAsync(string key, object limits)
    {
        using var response = await _http.PatchAsJsonAsync(new Uri($"keys/{key}", UriKind.Relative), new { limits });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Drains a node.</summary>
    public async Task DrainAsync(string node)
    {
        using var response = await _http.PostAsync(new Uri($"nodes/{node}/drain", UriKind.Relative), null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Open connections of the node.</summary>
    public async Task<int> ConnectionsAsync() => (await _http.GetFromJsonAsync<JsonElement>(new Uri("status", UriKind.Relative))).GetProperty("connections").GetInt32();

    /// <summary>Creates a token through any node.</summary>
    public static async Task<string> MintAsync(Uri address, string key, int uses = 1)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var response = await http.PostAsJsonAsync(new Uri($"/v1beta/auth_tokens?key={key}", UriKind.Relative), new { uses });
        return (await ReadAsync(response)).GetProperty("name").GetString()!;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonElement.Parse(body) : throw new ExpectationException($"HTTP {(int)response.StatusCode}: {body}");
    }
}
