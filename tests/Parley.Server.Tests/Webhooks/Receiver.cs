using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Webhooks;

namespace Parley.Server.Tests.Webhooks;

/// <summary>The receiver of a webhook, in place of the network.</summary>
internal sealed class Receiver : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<string> _taken = [];

    /// <summary>Every request, also those that were refused.</summary>
    public EventLog<ReceivedRequest> Requests { get; } = new();

    /// <summary>The requests that were answered.</summary>
    public EventLog<ReceivedRequest> Answered { get; } = new();

    /// <summary>Answers a request; default 200.</summary>
    public Func<ReceivedRequest, HttpResponseMessage> Answer { get; set; } = static _ => new HttpResponseMessage(HttpStatusCode.OK);

    /// <summary>Ids of the events that were taken, in order.</summary>
    public IReadOnlyList<string> Taken
    {
        get
        {
            lock (_gate)
                return [.. _taken];
        }
    }

    public void Use(IServiceCollection services) => services.AddHttpClient(WebhookSender.ClientName).ConfigurePrimaryHttpMessageHandler(() => this);

    public Task<ReceivedRequest> FirstAsync(string type) => Requests.FirstAsync(request => request.Type == type, $"a request with {type}");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var received = new ReceivedRequest(
            request.RequestUri!, request.Headers.ToDictionary(static header => header.Key, static header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        Requests.Add(received);
        HttpResponseMessage response;
        lock (_gate)
        {
            response = Answer(received);
            if (response.IsSuccessStatusCode)
                _taken.Add(received.Id);
        }
        Answered.Add(received);
        return response;
    }
}

internal sealed record ReceivedRequest(Uri Url, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json { get; } = JsonElement.Parse(Body);

    public string Id => Headers["webhook-id"];

    public string Type => Json.GetProperty("type").GetString()!;
}
