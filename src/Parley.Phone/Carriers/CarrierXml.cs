using System.Xml.Linq;

namespace Parley.Phone.Carriers;

/// <summary>Where a stream is opened, and with which parameters.</summary>
internal sealed record StreamTarget(string Url, IReadOnlyList<KeyValuePair<string, string>> Parameters);

/// <summary>What a webhook answers, so that the carrier opens a stream or refuses the call. One verb only: when the stream ends, the call does.</summary>
internal static class CarrierXml
{
    /// <summary><c>&lt;Response&gt;&lt;Connect&gt;&lt;Stream url="wss://…"&gt;&lt;Parameter name="token" value="…"/&gt;…</c></summary>
    internal static string Twilio(StreamTarget stream) => Write(new XElement("Connect", new XElement("Stream", new XAttribute("url", stream.Url), Parameters(stream))));

    /// <summary>TeXML: without RTP mode, what is sent back would have to be MP3 files.</summary>
    internal static string Telnyx(StreamTarget stream, string codec) => Write(new XElement("Connect", new XElement(
        "Stream",
        new XAttribute("url", stream.Url),
        new XAttribute("track", "inbound_track"),
        new XAttribute("codec", codec),
        new XAttribute("bidirectionalMode", "rtp"),
        new XAttribute("bidirectionalCodec", codec),
        new XAttribute("bidirectionalSamplingRate", codec == "L16" ? "16000" : "8000"),
        Parameters(stream))));

    /// <summary><c>&lt;Response&gt;&lt;Stream bidirectional="true" keepCallAlive="true" contentType="…" extraHeaders="token=…"&gt;wss://…</c></summary>
    internal static string Plivo(StreamTarget stream, string contentType) => Write(new XElement(
        "Stream",
        new XAttribute("bidirectional", "true"),
        new XAttribute("keepCallAlive", "true"),
        new XAttribute("contentType", contentType),
        new XAttribute("extraHeaders", StreamParameters.WriteHeaders(stream.Parameters)),
        stream.Url));

    /// <summary>Refuses a call as busy.</summary>
    internal static string Busy(PhoneCarrier carrier) =>
        Write(carrier == PhoneCarrier.Plivo ? new XElement("Hangup", new XAttribute("reason", "busy")) : new XElement("Reject", new XAttribute("reason", "busy")));

    private static IEnumerable<XElement> Parameters(StreamTarget stream) =>
        stream.Parameters.Select(static pair => new XElement("Parameter", new XAttribute("name", pair.Key), new XAttribute("value", pair.Value)));

    private static string Write(XElement verb) => """<?xml version="1.0" encoding="UTF-8"?>""" + new XElement("Response", verb).ToString(SaveOptions.DisableFormatting);
}
