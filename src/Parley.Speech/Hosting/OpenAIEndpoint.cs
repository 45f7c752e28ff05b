using System.Net.Http.Headers;

namespace Parley.Speech;

/// <summary>A server that speaks the OpenAI protocol for audio: whisper.cpp, speaches, vLLM, Kokoro-FastAPI, a hosted service.</summary>
public class OpenAIEndpoint
{
    /// <summary>Base URL, such as <c>http://localhost:8000</c>; without a path, <c>/v1</c> is added. Required.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Sent as bearer token; null (default) for servers without authentication. Never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Name of the model on the server. Required.</summary>
    public string? Model { get; set; }

    /// <summary>The longest wait for the answer and for each further part of it. Default 15 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The endpoint for logs, without user information.</summary>
    internal string Place => Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Authority).Replace(address.UserInfo + "@", "", StringComparison.Ordinal) : "?";

    /// <summary>Returns the URL of an operation.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or invalid.</exception>
    internal Uri AddressOf(string operation)
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new InvalidOperationException($"Endpoint \"{Endpoint}\" is not an http or https URL. Set it to a URL such as http://localhost:8000/v1.");
        if (string.IsNullOrWhiteSpace(Model))
            throw new InvalidOperationException("Model is missing. Set it to the name of a model on the server.");
        if (Timeout <= TimeSpan.Zero)
            throw new InvalidOperationException("Timeout must be greater than zero.");
        var path = address.AbsolutePath.TrimEnd('/');
        return new Uri(address, (path.Length == 0 ? "/v1" : path) + "/" + operation);
    }

    internal HttpRequestMessage Post(Uri address, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        if (!string.IsNullOrEmpty(ApiKey))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return request;
    }

    internal string Redact(string text) => string.IsNullOrEmpty(ApiKey) ? text : text.Replace(ApiKey, "***", StringComparison.Ordinal);
}
