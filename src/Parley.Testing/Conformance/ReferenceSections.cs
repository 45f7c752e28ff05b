namespace Parley.Testing.Conformance;

/// <summary>Anchors of the sections of the protocol reference that checks name.</summary>
internal static class ReferenceSections
{
    private static readonly Dictionary<string, string> Anchors = new(StringComparer.Ordinal)
    {
        ["1.1"] = "11-urls",
        ["1.2"] = "12-credentials",
        ["1.3"] = "13-what-a-bad-credential-looks-like",
        ["2.1"] = "21-websocket-layer",
        ["2.2"] = "22-json-is-proto3-json",
        ["2.3"] = "23-media-encodings",
        ["3.3"] = "33-mapping-the-guide-form-onto-the-wire-form",
        ["3.4"] = "34-systeminstruction-content-or-string",
        ["4.1"] = "41-setup-bidigeneratecontentsetup",
        ["4.1.1"] = "411-generationconfig",
        ["4.1.2"] = "412-speechconfig",
        ["4.1.3"] = "413-thinkingconfig",
        ["4.1.4"] = "414-tools",
        ["4.1.5"] = "415-realtimeinputconfig",
        ["4.1.6"] = "416-transcription-config-both-directions",
        ["4.2"] = "42-clientcontent",
        ["4.3"] = "43-realtimeinput",
        ["4.4"] = "44-toolresponse",
        ["4.5"] = "45-contextupdate-new-autumn-2026",
        ["4.6"] = "46-content-part-blob-shared",
        ["5"] = "5-server--client-messages",
        ["5.2"] = "52-servercontent",
        ["5.2.1"] = "521-parts-seen-inside-modelturn",
        ["5.3"] = "53-toolcall",
        ["5.4"] = "54-toolcallcancellation",
        ["5.5"] = "55-goaway",
        ["5.6"] = "56-sessionresumptionupdate",
        ["5.7"] = "57-usagemetadata",
        ["5.10"] = "510-error-objects",
        ["6.1"] = "61-handshake",
        ["6.2"] = "62-a-normal-audio-turn",
        ["6.3"] = "63-text-turn-through-clientcontent",
        ["6.4"] = "64-interruption-barge-in",
        ["6.5"] = "65-automatic-vad-stream-end",
        ["6.6"] = "66-manual-activity-detection",
        ["6.9"] = "69-close",
        ["7"] = "7-voice-activity-detection-and-turn-coverage",
        ["8"] = "8-function-calling",
        ["9.1"] = "91-limits",
        ["9.2"] = "92-resumption",
        ["9.3"] = "93-goaway",
        ["11.1"] = "111-request",
        ["11.2"] = "112-response",
        ["11.3"] = "113-which-setup-is-effective",
        ["11.4"] = "114-use-and-errors",
        ["12"] = "12-close-codes",
        ["13.1"] = "131-models",
        ["13.2"] = "132-voices-30",
        ["14"] = "14-quirks-a-client-must-survive",
        ["15"] = "15-vertex-differences-in-one-place",
        ["17"] = "17-check-list-for-a-client",
    };

    internal static IEnumerable<KeyValuePair<string, string>> All => Anchors;

    internal static string Anchor(string section) => Anchors[section];
}
