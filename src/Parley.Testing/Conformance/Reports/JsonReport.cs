using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley.Testing.Conformance.Reports;

/// <summary>A report as one JSON object.</summary>
internal static class JsonReport
{
    internal static void Write(ConformanceReport report, TextWriter writer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("target", report.Target);
            if (report.Profile is { } profile)
                json.WriteString("profile", Name(profile));
            json.WriteBoolean("conformant", report.IsConformant);
            json.WriteNumber("seconds", Math.Round(report.Duration.TotalSeconds, 3));
            json.WritePropertyName("total");
            WriteScore(json, report.Total);
            json.WriteStartObject("areas");
            foreach (var area in report.Areas)
            {
                json.WritePropertyName(area.Area);
                WriteScore(json, area);
            }
            json.WriteEndObject();
            json.WriteStartArray("checks");
            foreach (var result in report.Results)
                WriteResult(json, result);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        writer.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    internal static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static void WriteScore(Utf8JsonWriter json, ConformanceScore score)
    {
        json.WriteStartObject();
        json.WriteNumber("passed", score.Passed);
        json.WriteNumber("failed", score.Failed);
        json.WriteNumber("skipped", score.Skipped);
        if (score.Percent is { } percent)
            json.WriteNumber("percent", percent);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, ConformanceResult result)
    {
        json.WriteStartObject();
        json.WriteString("id", result.Check.Id);
        json.WriteString("area", result.Check.Area);
        json.WriteString("description", result.Check.Description);
        json.WriteString("severity", Name(result.Check.Severity));
        json.WriteString("section", result.Check.Section);
        json.WriteString("source", result.Check.Source.AbsoluteUri);
        json.WriteString("outcome", Name(result.Outcome));
        json.WriteNumber("seconds", Math.Round(result.Duration.TotalSeconds, 3));
        if (result.Message.Length > 0)
            json.WriteString("message", result.Message);
        if (result.Frames.Count > 0)
        {
            json.WriteStartArray("frames");
            foreach (var frame in result.Frames)
                json.WriteStringValue(frame);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
