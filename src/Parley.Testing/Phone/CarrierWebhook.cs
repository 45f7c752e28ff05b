using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;

namespace Parley.Testing.Phone;

/// <summary>
/// The request with which a carrier asks an application what to do with an incoming call, and the answer: XML with a stream to open. TwiML:
/// https://www.twilio.com/docs/voice/twiml/stream, TeXML: https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/stream, Plivo XML:
/// https://www.plivo.com/docs/voice/xml/stream.
/// </summary>
internal static class CarrierWebhook
{
    private const int MaxAnswerBytes = 64 << 10;

    /// <summary>Asks the application, and takes encoding and parameters from its answer.</summary>
    /// <returns>The address of the stream.</returns>
    /// <exception cref="CallRefusedException">The application answers with an error, with something else, or rejects the call.</exception>
    internal static async Task<Uri> AskAsync(Uri url, VirtualCallerOptions options, CarrierProtocol protocol, CancellationToken cancellationToken)
    {
        using var owned = options.Invoker is null ? new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false }) : null;
        var form = protocol.WebhookForm().ToList();
        using var content = new FormUrlEncodedContent(form);
        var body = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        foreach (var (name, value) in protocol.WebhookHeaders(options.SignedUrl ?? url, form, body))
            request.Headers.TryAddWithoutValidation(name, value);
        foreach (var (name, value) in options.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await (options.Invoker ?? owned!).SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new CallRefusedException($"The server answered the webhook with HTTP status {(int)response.StatusCode}.", response.StatusCode, null);
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        return Read(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false), options);
    }

    /// <summary>Reads an answer.</summary>
    internal static Uri Read(string xml, VirtualCallerOptions options)
    {
        XElement root;
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            root = XElement.Load(reader);
        }
        catch (XmlException e)
        {
            throw new CallRefusedException($"The answer to the webhook is not XML: {e.Message}", e);
        }
        if (root.Elements().FirstOrDefault() is { Name.LocalName: "Reject" or "Hangup" } refusal)
            throw new CallRefusedException($"The server rejected the call{(refusal.Attribute("reason") is { } reason ? $" ({reason.Value})" : "")}.");
        var parent = options.Dialect == CallerDialect.Plivo ? root : root.Element("Connect");
        if (root.Name != "Response" || parent?.Element("Stream") is not { } stream)
            throw new CallRefusedException("The answer to the webhook opens no stream in both directions.");
        options.Parameters.Clear();
        options.HasAnswer = true;
        if (options.Dialect == CallerDialect.Plivo)
            ReadPlivo(stream, options);
        else
            ReadConnect(stream, options);
        var address = options.Dialect == CallerDialect.Plivo ? stream.Value.Trim() : stream.Attribute("url")?.Value;
        return Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss"
            ? url
            : throw new CallRefusedException("The stream in the answer to the webhook has no address that begins with ws:// or wss://.");
    }

    private static void ReadConnect(XElement stream, VirtualCallerOptions options)
    {
        foreach (var parameter in stream.Elements("Parameter"))
            options.Parameters[parameter.Attribute("name")?.Value ?? ""] = parameter.Attribute("value")?.Value ?? "";
        if (options.Dialect != CallerDialect.Telnyx)
            return;
        if (stream.Attribute("bidirectionalMode")?.Value != "rtp")
            throw new CallRefusedException("The stream has no bidirectionalMode=\"rtp\"; Telnyx would expect MP3 files from the server.");
        (options.Encoding, options.SampleRateHz) = (stream.Attribute("bidirectionalCodec") ?? stream.Attribute("codec"))?.Value switch
        {
            null or "PCMU" => (CallerEncoding.MuLaw, 8_000),
            "PCMA" => (CallerEncoding.ALaw, 8_000),
            "L16" => (CallerEncoding.Linear16, stream.Attribute("bidirectionalSamplingRate")?.Value == "8000" ? 8_000 : 16_000),
            var other => throw new CallRefusedException($"The virtual caller does not know the codec {other}."),
        };
    }

    private static void ReadPlivo(XElement stream, VirtualCallerOptions options)
    {
        if (stream.Attribute("bidirectional")?.Value != "true")
            throw new CallRefusedException("The stream has no bidirectional=\"true\"; Plivo would play nothing.");
        foreach (var pair in (stream.Attribute("extraHeaders")?.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                options.Parameters[pair[..equals].Trim()] = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
        }
        (options.Encoding, options.SampleRateHz) = stream.Attribute("contentType")?.Value switch
        {
            null or "audio/x-mulaw;rate=8000" => (CallerEncoding.MuLaw, 8_000),
            "audio/x-l16;rate=8000" => (CallerEncoding.Linear16, 8_000),
            "audio/x-l16;rate=16000" => (CallerEncoding.Linear16, 16_000),
            var other => throw new CallRefusedException($"Plivo does not offer the content type {other}."),
        };
    }
}
